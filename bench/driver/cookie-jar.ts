type Cookie = { readonly name: string; readonly value: string; readonly path: string }

const defaultPath = (requestPath: string): string => requestPath.slice(0, requestPath.lastIndexOf('/')) || '/'

const matches = (requestPath: string, path: string): boolean =>
  requestPath === path || (requestPath.startsWith(path) && (path.endsWith('/') || requestPath[path.length] === '/'))

/** Reads one `Set-Cookie` field; an expired cookie has the value undefined. */
const parse = (field: string, requestPath: string): Cookie | { name: string; value: undefined; path: string } => {
  const [pair = '', ...attributes] = field.split(';').map(part => part.trim())
  const equals = pair.indexOf('=')
  const attribute = (name: string): string | undefined =>
    attributes.find(text => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
  const expires = attribute('expires')
  const expired = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now())
  return {
    name: pair.slice(0, equals),
    value: expired ? undefined : pair.slice(equals + 1),
    path: attribute('path') ?? defaultPath(requestPath),
  }
}

/** One browser's cookies for one host: name, path and expiry of RFC 6265; attributes for other hosts are not needed. */
export const createCookieJar = () => {
  const cookies = new Map<string, Cookie>()
  return {
    store: (fields: readonly string[], requestPath: string): void => {
      for (const field of fields) {
        const cookie = parse(field, requestPath)
        const key = `${cookie.name} ${cookie.path}`
        if (cookie.value === undefined) cookies.delete(key)
        else cookies.set(key, cookie)
      }
    },
    header: (requestPath: string): string =>
      [...cookies.values()]
        .filter(cookie => matches(requestPath, cookie.path))
        .sort((a, b) => b.path.length - a.path.length)
        .map(cookie => `${cookie.name}=${cookie.value}`)
        .join('; '),
  }
}

export type CookieJar = ReturnType<typeof createCookieJar>
