/** What an upstream is told of PIAS: absolute URLs, registered there once. */
export type UpstreamUrls = {
  readonly callback: string
  readonly jwks: string
  /** Request objects are under it; with the port written out, even 443, as itsme wants it. */
  readonly requestPrefix: string
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' }

/**
 * PIAS's addresses for one upstream.
 * @param issuer PIAS's own, an origin without a trailing slash
 * @param id the upstream's
 */
export const upstreamUrls = (issuer: string, id: string): UpstreamUrls => {
  const { protocol, hostname, port } = new URL(issuer)
  return {
    callback: `${issuer}/callback/${id}`,
    jwks: `${issuer}/upstream/${id}/jwks`,
    requestPrefix: `${protocol}//${hostname}:${port || DEFAULT_PORTS[protocol]}/upstream/${id}/request/`,
  }
}
