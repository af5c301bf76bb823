import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type Provider from 'oidc-provider'
import type { Actor } from './token-claims.ts'

/** A person's access token that an API was called with. `expiresAt` in epoch seconds. */
export type SubjectToken = {
  readonly audience: string
  readonly grantId: string
  readonly clientId: string
  readonly scope: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly act?: Actor
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const toSubject = ({ aud, gid, iat, exp, act, client_id, scope }: JWTPayload): SubjectToken | undefined => {
  const [audience, grantId, clientId] = [text(aud), text(gid), text(client_id)]
  if (audience === undefined || grantId === undefined || clientId === undefined) return undefined
  if (iat === undefined || exp === undefined) return undefined
  return {
    audience,
    grantId,
    clientId,
    scope: text(scope) ?? '',
    issuedAt: iat,
    expiresAt: exp,
    ...(act === undefined ? {} : { act: act as Actor }),
  }
}

/**
 * Reads access tokens that this PIAS issued for an API, whichever their format. Tokens of machines, for userinfo, and of
 * others are none.
 * @param jwks PIAS's own keys
 */
export const createReadSubjectToken = (issuer: string, jwks: JSONWebKeySet) => {
  const keys = createLocalJWKSet({ keys: jwks.keys.map(({ d, p, q, dp, dq, qi, ...key }) => key) as never })

  return async (provider: Provider, value: string): Promise<SubjectToken | undefined> => {
    if (value.includes('.')) {
      const verified = await jwtVerify(value, keys, { issuer, typ: 'at+jwt', algorithms: ['ES256'] }).catch(
        () => undefined,
      )
      return verified && toSubject(verified.payload)
    }
    const token = await provider.AccessToken.find(value)
    if (token?.isValid !== true || token.grantId === undefined) return undefined
    const { aud, iat, exp, scope, clientId } = token
    return toSubject({ aud, iat, exp, scope, client_id: clientId, gid: token.grantId } as JWTPayload)
  }
}
