import { createHash, randomBytes } from 'node:crypto'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import type { HttpAnswer, HttpClient } from './http-client.ts'

/** A server under test, as its relying party knows it. `scope` is what every login asks for. */
export type Target = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
  readonly scope: string
}
export type Tokens = { readonly accessToken: string; readonly subject: string }
type Authorization = { readonly url: URL; readonly state: string; readonly nonce: string; readonly verifier: string }

const random = (): string => randomBytes(32).toString('base64url')

/** Fails the benchmark with what came instead of the expected answer. */
export const unexpected = (what: string, answer: HttpAnswer): Error =>
  new Error(`${what}: unexpected ${answer.status} ${answer.headers.location ?? ''}\n${answer.body.slice(0, 500)}`)

const readJson = async <T>(http: HttpClient, url: string, headers: Record<string, string> = {}): Promise<T> => {
  const answer = await http.send(new URL(url), { headers })
  if (answer.status !== 200) throw unexpected(url, answer)
  return JSON.parse(answer.body) as T
}

/**
 * Creates a relying party of the server under test: code flow, PKCE S256, client_secret_basic, ID token verified.
 * Metadata and keys are read here, once, before anything is measured.
 */
export const createRelyingParty = async (http: HttpClient, target: Target) => {
  type Metadata = Record<'authorization_endpoint' | 'token_endpoint' | 'userinfo_endpoint' | 'jwks_uri', string>
  const metadata = await readJson<Metadata>(http, `${target.issuer}/.well-known/openid-configuration`)
  const keys = createLocalJWKSet(await readJson<JSONWebKeySet>(http, metadata.jwks_uri))
  const basic = Buffer.from(`${target.clientId}:${target.clientSecret}`).toString('base64')

  const authorize = (): Authorization => {
    const [state, nonce, verifier] = [random(), random(), random()]
    const url = new URL(metadata.authorization_endpoint)
    url.search = new URLSearchParams({
      client_id: target.clientId,
      redirect_uri: target.redirectUri,
      response_type: 'code',
      scope: target.scope,
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString()
    return { url, state, nonce, verifier }
  }

  /** @throws Error when the callback is not this authorization's, or the token or ID token is not as it should be */
  const redeem = async (http: HttpClient, authorization: Authorization, callback: URL): Promise<Tokens> => {
    const code = callback.searchParams.get('code')
    if (code === null || callback.searchParams.get('state') !== authorization.state) {
      throw new Error(`relying party: callback without code or with another state: ${callback.search}`)
    }
    const answer = await http.send(new URL(metadata.token_endpoint), {
      headers: { authorization: `Basic ${basic}` },
      form: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: target.redirectUri,
        code_verifier: authorization.verifier,
      }),
    })
    if (answer.status !== 200) throw unexpected('token endpoint', answer)
    const tokens = JSON.parse(answer.body) as { access_token: string; id_token: string }
    const { payload } = await jwtVerify(tokens.id_token, keys, { issuer: target.issuer, audience: target.clientId })
    if (payload.nonce !== authorization.nonce || !payload.sub)
      throw new Error('relying party: ID token of another login')
    return { accessToken: tokens.access_token, subject: payload.sub }
  }

  const userinfo = (http: HttpClient, accessToken: string): Promise<Record<string, unknown>> =>
    readJson(http, metadata.userinfo_endpoint, { authorization: `Bearer ${accessToken}` })

  return { authorize, redeem, userinfo }
}

export type RelyingParty = Awaited<ReturnType<typeof createRelyingParty>>
