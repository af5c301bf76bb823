const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * What is wrong with a redirect URI, or undefined. Exact strings only, so nothing that two parsers could read in two
 * ways: no wildcard, fragment, credentials or dot segment; https, loopback http, or a reverse-domain private-use scheme
 * for native apps (RFC 8252, 7; RFC 9700, 4.1).
 */
export const redirectUriProblem = (uri: string, native: boolean): string | undefined => {
  const url = URL.parse(uri)
  if (url === null) return 'is not an absolute URI'
  if (uri.includes('*')) return 'must not have a wildcard'
  if (uri.includes('#')) return 'must not have a fragment'
  if (url.username || url.password) return 'must not have credentials'
  if (/\/\.{1,2}(\/|$|\?)|%2e/i.test(uri)) return 'must not have dot segments'
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:') return LOOPBACK.has(url.hostname) ? undefined : 'must be https (http only on loopback)'
  if (!native) return 'must be https'
  return url.protocol.includes('.') ? undefined : 'must use a reverse-domain scheme (RFC 8252, 7.1)'
}

/** What is wrong with an origin as browsers send it (RFC 6454, 7): scheme, host and port, and nothing else. */
export const originProblem = (origin: string): string | undefined => {
  const problem = redirectUriProblem(origin, false)
  if (problem !== undefined) return problem
  const { origin: written } = new URL(origin)
  return written === origin ? undefined : `must be written ${written}`
}
