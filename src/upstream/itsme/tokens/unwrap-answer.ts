import type { Unwrap } from '#src/upstream/openid/relay.ts'

const parseObject = (body: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Decrypts what itsme answers before the library sees it, which by itself would also take a token that is not encrypted:
 * the ID token inside the token endpoint's answer, and the whole of userinfo. There the media type is put right as well,
 * since itsme calls its JWT `application/json`.
 */
export const createUnwrapAnswer = (
  openToken: (jwe: string) => Promise<string>,
): { readonly token: Unwrap; readonly userinfo: Unwrap } => ({
  token: async reply => {
    const answer = reply.status === 200 ? parseObject(reply.body) : undefined
    if (typeof answer?.id_token !== 'string') return reply
    return { ...reply, body: JSON.stringify({ ...answer, id_token: await openToken(answer.id_token) }) }
  },
  userinfo: async reply => {
    if (reply.status !== 200) return reply
    return { ...reply, body: await openToken(reply.body.trim()), contentType: 'application/jwt' }
  },
})
