import { PiasError } from '#src/kernel/errors.ts'
import type { Reply, RequestOptions, SendRequest } from '#src/upstream/transport/bounded-http.ts'
import type { ProviderMetadata } from './provider-metadata.ts'

/** One call of openid-client. */
export type Call = (url: string, request: RequestOptions) => Promise<Response>

/** Turns an answer into the one the library is to see; for upstreams that wrap what the standard sends bare. */
export type Unwrap = (reply: Reply) => Promise<Reply>

const asIs: Unwrap = async reply => reply

/**
 * Stands between openid-client and the network: sizes and times are bounded, keys come from the copy that is kept, and
 * only announced endpoints are called.
 * @param options.maxBytes for an answer of the token or userinfo endpoint
 */
export const createRelay = (
  metadata: ProviderMetadata,
  options: {
    http: SendRequest
    maxBytes: number
    jwks: () => Promise<string>
    unwrap?: { token: Unwrap; userinfo: Unwrap }
  },
): Call => {
  const { http, maxBytes, jwks, unwrap = { token: asIs, userinfo: asIs } } = options
  const unwrapAt = new Map([
    [metadata.token_endpoint, unwrap.token],
    ...(metadata.userinfo_endpoint === undefined ? [] : [[metadata.userinfo_endpoint, unwrap.userinfo] as const]),
  ])

  return async (url, request) => {
    if (url === metadata.jwks_uri) {
      return new Response(await jwks(), { headers: { 'content-type': 'application/json' } })
    }
    const open = unwrapAt.get(url)
    if (open === undefined) throw new PiasError('upstream.invalid_response', 'a call to an endpoint nobody announced')
    const { status, contentType, body } = await open(await http(url, request, maxBytes))
    return new Response(body === '' ? null : body, { status, headers: { 'content-type': contentType } })
  }
}
