import { isIP } from 'node:net'
import { isPublicAddress } from '#src/kernel/address-ranges.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Printable ASCII without what parsers read differently: a backslash is a slash to some, blanks are dropped by others. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/

const USER_INFO = /^[^/?#]*\/\/[^/?#]*@/
const isHttp = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'http:'

/** `https:host` and `https:/host` are addresses to browsers, and something else to others. */
const hasAuthority = (uri: string): boolean => /^https?:\/\/[^/]/i.test(uri)

/** An address written as a number is one of this house; names are checked when they are called (ADR 0047). */
const isInternal = ({ hostname }: URL): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '')
  return isIP(host) !== 0 && !LOOPBACK.has(hostname) && !isPublicAddress(host)
}

/** What must not be in any URI, whatever its scheme; the first that is wrong is told. */
const CHECKS: readonly (readonly [isWrong: (uri: string, url: URL) => boolean, problem: string])[] = [
  [uri => !PLAIN.test(uri), 'must have printable ASCII characters only, and no backslash'],
  [uri => uri.includes('*'), 'must not have a wildcard'],
  [uri => uri.includes('#'), 'must not have a fragment'],
  [(uri, url) => Boolean(url.username || url.password) || USER_INFO.test(uri), 'must not have credentials'],
  [uri => /\/\.{1,2}(\/|$|\?)|%2e|%2f|%5c/i.test(uri), 'must not have dot segments'],
  [(uri, url) => isHttp(url) && !hasAuthority(uri), 'must name its host after //'],
  [(_uri, url) => isHttp(url) && isInternal(url), 'must not name an address of a private network'],
]

/**
 * What is wrong with a URI that a client names, or undefined. Exact strings only, so nothing that two parsers could read
 * in two ways: no wildcard, fragment, credentials or dot segment; https, loopback http, or a reverse-domain private-use
 * scheme for native apps (RFC 8252, 7; RFC 9700, 4.1); no address of a private network.
 */
export const redirectUriProblem = (uri: string, native: boolean): string | undefined => {
  const url = URL.parse(uri)
  if (url === null) return 'is not an absolute URI'
  const wrong = CHECKS.find(([isWrong]) => isWrong(uri, url))
  if (wrong !== undefined) return wrong[1]
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
