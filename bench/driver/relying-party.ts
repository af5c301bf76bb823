import { createHash, randomBytes } from 'node:crypto'
import { jwtVerify } from 'jose'
import type { HttpClient } from './http-client.ts'
import { type ProviderDescription, readJson, unexpected } from './provider.ts'

/** A client of the server under test. `scope` and `prompt` are what every authorization request says. */
export type Client = {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
  readonly scope: string
  readonly prompt?: string
}
/** `refreshToken` is there when the answer held one. */
export type Tokens = { readonly accessToken: string; readonly subject: string; readonly refreshToken?: string }
type Authorization = { readonly url: URL; readonly state: string; readonly nonce: string; readonly verifier: string }
type TokenAnswer = { access_token: string; id_token?: string; refresh_token?: string }

const random = (): string => randomBytes(32).toString('base64url')

const authorize = ({ metadata }: ProviderDescription, client: Client): Authorization => {
  const [state, nonce, verifier] = [random(), random(), random()]
  const url = new URL(metadata.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: client.scope,
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(client.prompt === undefined ? {} : { prompt: client.prompt }),
  }).toString()
  return { url, state, nonce, verifier }
}

/** Creates the token requests of a client, with client_secret_basic. @throws Error unless the answer is 200 */
const createTokenRequest = ({ metadata }: ProviderDescription, { clientId, clientSecret }: Client) => {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  return async (http: HttpClient, parameters: Record<string, string>): Promise<TokenAnswer> => {
    const answer = await http.send(new URL(metadata.token_endpoint), {
      headers: { authorization: `Basic ${basic}` },
      form: new URLSearchParams(parameters),
    })
    if (answer.status !== 200) throw unexpected(`${parameters.grant_type} grant`, answer)
    return JSON.parse(answer.body) as TokenAnswer
  }
}

/** Creates a relying party: code flow, PKCE S256, client_secret_basic, every ID token verified. */
export const createRelyingParty = (provider: ProviderDescription, client: Client) => {
  const { metadata, keys, issuer } = provider
  const requestTokens = createTokenRequest(provider, client)

  const verified = async (answer: TokenAnswer, nonce?: string): Promise<Tokens> => {
    const { payload } = await jwtVerify(answer.id_token ?? '', keys, { issuer, audience: client.clientId })
    if (!payload.sub || (nonce !== undefined && payload.nonce !== nonce)) {
      throw new Error('relying party: ID token of another login')
    }
    return {
      accessToken: answer.access_token,
      subject: payload.sub,
      ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
    }
  }

  return {
    origin: new URL(issuer).origin,
    redirectUri: client.redirectUri,
    authorize: (): Authorization => authorize(provider, client),
    /** @throws Error when the callback is not this authorization's, or the token or ID token is not as it should be */
    redeem: async (http: HttpClient, authorization: Authorization, callback: URL): Promise<Tokens> => {
      const code = callback.searchParams.get('code')
      if (code === null || callback.searchParams.get('state') !== authorization.state) {
        throw new Error(`relying party: callback without code or with another state: ${callback.search}`)
      }
      const answer = await requestTokens(http, {
        grant_type: 'authorization_code',
        code,
        redirect_uri: client.redirectUri,
        code_verifier: authorization.verifier,
      })
      return verified(answer, authorization.nonce)
    },
    /** RFC 6749, 6; the answer must hold an ID token (OIDC Core 12.2). */
    refresh: async (http: HttpClient, refreshToken: string): Promise<Tokens> =>
      verified(await requestTokens(http, { grant_type: 'refresh_token', refresh_token: refreshToken })),
    /** RFC 6749, 4.4. */
    clientCredentials: async (http: HttpClient): Promise<void> => {
      const { access_token: token } = await requestTokens(http, { grant_type: 'client_credentials' })
      if (!token) throw new Error('relying party: client_credentials grant without access token')
    },
    userinfo: (http: HttpClient, accessToken: string): Promise<Record<string, unknown>> =>
      readJson(http, metadata.userinfo_endpoint, { authorization: `Bearer ${accessToken}` }),
  }
}

export type RelyingParty = ReturnType<typeof createRelyingParty>
