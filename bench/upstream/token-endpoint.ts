import { createHash, randomBytes } from 'node:crypto'
import { type Answer, json } from './answer.ts'
import type { Authorization } from './authorization-endpoint.ts'
import type { ClientRegistry } from './client-registry.ts'
import { encryptJwt, type PublishedKey } from './nested-jwt.ts'

type Access = { readonly authorization: Authorization; readonly encryption: PublishedKey }

const TOKEN_SECONDS = 300
const MAX_ACCESS_TOKENS = 10_000

const epochSeconds = (): number => Math.floor(Date.now() / 1000)

/** Why a code may not be redeemed, or undefined (RFC 6749 4.1.3, RFC 7636 4.6). */
const grantProblem = (code: Authorization | undefined, clientId: string, form: URLSearchParams): string | undefined => {
  if (code?.clientId !== clientId || code.redirectUri !== form.get('redirect_uri')) return 'code'
  const proof = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')
  return code.challenge === null || code.challenge === proof ? undefined : 'code_verifier'
}

/** Creates the token and UserInfo endpoints: both give a JWS nested in a JWE to the client's `enc` key. */
export const createTokenEndpoint = (deps: {
  issuer: string
  registry: ClientRegistry
  codes: Map<string, Authorization>
  signJwt: (claims: object) => string
}) => {
  const { issuer, registry, codes, signJwt } = deps
  const accessTokens = new Map<string, Access>()

  const nestedJwt = ({ authorization, encryption }: Access, claims: object): string => {
    const { clientId, persona } = authorization
    const iat = epochSeconds()
    const base = { iss: issuer, aud: clientId, sub: persona.subject, iat, exp: iat + TOKEN_SECONDS }
    return encryptJwt(signJwt({ ...base, ...claims }), encryption)
  }

  const rememberAccess = (access: Access): string => {
    const [oldest] = accessTokens.keys()
    if (accessTokens.size >= MAX_ACCESS_TOKENS && oldest !== undefined) accessTokens.delete(oldest)
    const token = randomBytes(24).toString('base64url')
    accessTokens.set(token, access)
    return token
  }

  const token = async (form: URLSearchParams): Promise<Answer> => {
    const { client, encryption } = await registry.authenticate(form.get('client_assertion') ?? '')
    const authorization = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const problem = grantProblem(authorization, client.clientId, form)
    if (!authorization || problem) return json(400, { error: 'invalid_grant', detail: problem })
    const access = { authorization, encryption }
    const { nonce, acr, claims } = authorization
    return json(200, {
      access_token: rememberAccess(access),
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      id_token: nestedJwt(access, {
        ...(nonce === null ? {} : { nonce }),
        acr,
        auth_time: epochSeconds(),
        ...claims.idToken,
      }),
    })
  }

  const userinfo = (bearer: string): Answer => {
    const access = accessTokens.get(bearer)
    if (!access) return json(401, { error: 'invalid_token' })
    return { status: 200, type: 'application/jwt', body: nestedJwt(access, access.authorization.claims.userinfo) }
  }

  return { token, userinfo }
}
