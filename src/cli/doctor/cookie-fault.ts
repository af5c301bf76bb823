/** A cookie as an answer sets it; names of attributes in lower case. */
type SetCookie = { readonly name: string; readonly attributes: ReadonlyMap<string, string> }

const parse = (header: string): SetCookie => {
  const [pair = '', ...rest] = header.split(';').map(part => part.trim())
  const cut = (text: string): [string, string] => {
    const at = text.indexOf('=')
    return at < 0 ? [text.toLowerCase(), ''] : [text.slice(0, at).toLowerCase(), text.slice(at + 1)]
  }
  return { name: pair.split('=')[0] ?? '', attributes: new Map(rest.map(cut)) }
}

/** Cookies of PIAS that are for one path; the browser brings them to no other. */
const PATHS: readonly (readonly [name: RegExp, path: RegExp])[] = [
  [/^__Host-/, /^\/$/],
  [/pias_res(\.sig)?$/, /^\/auth\//],
]

/**
 * What is wrong with a Set-Cookie header as it arrives, after whatever stands before a node: each cookie of PIAS is
 * HttpOnly and SameSite, of this host alone, and with https also Secure and with a prefix (RFC 6265bis, 4.1.3).
 * @returns words with the cookie's name and without its value; undefined when nothing is
 */
export const cookieFault = (header: string, { https }: { https: boolean }): string | undefined => {
  const { name, attributes } = parse(header)
  const lacks = [...(https ? ['secure'] : []), 'httponly', 'samesite'].find(attribute => !attributes.has(attribute))
  if (lacks !== undefined) return `${name} comes without ${lacks}`
  if (!/^(lax|strict)$/i.test(attributes.get('samesite') ?? '')) return `${name} goes along from other sites`
  if (https && !/^__(Host|Secure)-/.test(name)) return `${name} comes without its prefix`
  if (attributes.has('domain')) return `${name} comes with a domain`
  const path = attributes.get('path') ?? ''
  const isMoved = PATHS.some(([cookie, right]) => cookie.test(name) && !right.test(path))
  return isMoved ? `${name} comes with the path ${path}` : undefined
}
