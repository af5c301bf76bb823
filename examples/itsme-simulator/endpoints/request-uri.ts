import type { Client } from '../options.ts'

/** itsme is not patient with partners. */
const TIMEOUT_MS = 1000
const MAX_BYTES = 16_384

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** https on a port that is written out, even 443; on this machine http will do, since a simulator has no certificate. */
const hasGoodOrigin = (uri: string): boolean => {
  const url = URL.parse(uri)
  if (url === null || !/^https?:\/\/(\[[^\]]*\]|[^/:@]+):\d+\//.test(uri)) return false
  return url.protocol === 'https:' ? !LOOPBACK.has(url.hostname) : LOOPBACK.has(url.hostname)
}

const problemOf = (client: Client, uri: string): string | undefined => {
  if (!hasGoodOrigin(uri)) return 'request_uri must be an https URL with its port, such as https://partner.example:443/'
  return client.requestUris?.some(prefix => uri.startsWith(prefix)) ? undefined : 'request_uri is not registered'
}

/**
 * Gets a request object by reference (RFC 9101, 5.2.3), once, from an address whose beginning the partner registered.
 * @returns the object; throws an Error with the reason
 */
export const createRequestFetcher =
  (fetch: typeof globalThis.fetch) =>
  async (client: Client, uri: string): Promise<string> => {
    const problem = problemOf(client, uri)
    if (problem !== undefined) throw new Error(problem)
    const response = await fetch(uri, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
    if (!response.ok) throw new Error(`request_uri answered ${response.status}`)
    const object = (await response.text()).trim()
    if (object.length > MAX_BYTES) throw new Error('request_uri answered too much')
    return object
  }
