import { PiasError } from '#src/kernel/errors.ts'
import type { Reply, RequestOptions } from '#src/upstream/bounded-http.ts'
import type { ProviderMetadata } from './provider-metadata.ts'

/** One call of openid-client. */
export type Call = (url: string, request: RequestOptions) => Promise<Response>

const respond = (reply: Reply, body: string, contentType: string): Response =>
  new Response(body, { status: reply.status, headers: { 'content-type': contentType } })

const parseObject = (body: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Stands between openid-client and the network. Tokens are decrypted here and reach the library as the JWS they must
 * hold: by itself it would also take a token that is not encrypted. For userinfo the media type is put right as well,
 * since itsme calls its JWT `application/json` (itsme.md, 6 and 9).
 */
export const createRelay = (
  metadata: ProviderMetadata,
  endpoints: {
    send: (url: string, request: RequestOptions) => Promise<Reply>
    openToken: (jwe: string) => Promise<string>
    jwks: () => Promise<string>
  },
): Call => {
  const { send, openToken, jwks } = endpoints

  const token: Call = async (url, request) => {
    const reply = await send(url, request)
    const answer = reply.status === 200 ? parseObject(reply.body) : undefined
    if (typeof answer?.id_token !== 'string') return respond(reply, reply.body, reply.contentType)
    const idToken = await openToken(answer.id_token)
    return respond(reply, JSON.stringify({ ...answer, id_token: idToken }), reply.contentType)
  }

  const userinfo: Call = async (url, request) => {
    const reply = await send(url, request)
    if (reply.status !== 200) return respond(reply, reply.body, reply.contentType)
    return respond(reply, await openToken(reply.body.trim()), 'application/jwt')
  }

  return async (url, request) => {
    if (url === metadata.token_endpoint) return token(url, request)
    if (url === metadata.userinfo_endpoint) return userinfo(url, request)
    if (url === metadata.jwks_uri)
      return new Response(await jwks(), { headers: { 'content-type': 'application/json' } })
    throw new PiasError('upstream.invalid_response', 'a call to an endpoint nobody announced')
  }
}
