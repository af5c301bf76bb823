import * as oidc from 'openid-client'
import { maskClaims } from '#src/admin/operations/preview-tokens.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import { trialClientId } from '#src/clients/trial-clients.ts'
import { type Claims, errorOf, type Given, type TrialError, type TrialReport, tokensOf } from './trial-report.ts'

/** The private key that all twins prove themselves with, and its id. */
export type TrialKey = { readonly key: CryptoKey; readonly kid: string }

/** What an exchange adds to a report. */
export type Outcome = Omit<TrialReport, 'id' | 'clientId' | 'at' | 'request' | 'appSteps'>

/** PIAS answers itself in milliseconds; in seconds. */
const CALL_SECONDS = 5

/** What OAuth says of a failure, whoever found it; undefined for anything else. */
export const oauthError = (at: TrialError['at'], error: unknown): TrialError | undefined => {
  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
    return errorOf(at, error.error, error.error_description)
  }
  if (error instanceof oidc.WWWAuthenticateChallengeError) {
    const { error: code = 'invalid_token', error_description: description } = error.cause[0]?.parameters ?? {}
    return errorOf(at, code, description)
  }
  return error instanceof oidc.ClientError && error.code !== undefined
    ? errorOf(at, error.code, error.message)
    : undefined
}

/** Connects to PIAS as the twin of an app (OIDC Discovery). */
export const createConnect =
  ({ issuer, key }: { issuer: string; key: TrialKey }) =>
  (run: string, app: ClientMetadata): Promise<oidc.Configuration> => {
    const { userinfo_signed_response_alg: userinfo, id_token_signed_response_alg } = app
    const signed = { id_token_signed_response_alg, ...(userinfo && { userinfo_signed_response_alg: userinfo }) }
    return oidc.discovery(new URL(issuer), trialClientId(run, app.client_id), signed, oidc.PrivateKeyJwt(key), {
      timeout: CALL_SECONDS,
      // A node on loopback may be without TLS; the configuration allows it nowhere else.
      execute: issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [],
    })
  }

/** Userinfo and introspection; userinfo may be refused. */
const lookAt = async (config: oidc.Configuration, given: Given, sub: string, own: boolean) => {
  const show = (claims: object): Claims => (own ? claims : maskClaims(claims)) as Claims
  const introspection = show(await oidc.tokenIntrospection(config, given.access_token))
  try {
    return { introspection, userinfo: show(await oidc.fetchUserInfo(config, given.access_token, sub)) }
  } catch (error) {
    const refused = oauthError('userinfo', error)
    if (refused === undefined) throw error
    return { introspection, error: refused }
  }
}

/**
 * Redeems what PIAS answered a browser with, and looks at what came of it, as an app does (OIDC Core 3.1.3 and 5.3, RFC
 * 7662). An error of OAuth is an outcome, too.
 * @throws what failed otherwise
 */
export const exchange = async (
  config: oidc.Configuration,
  trial: {
    readonly answer: URLSearchParams
    readonly redirectUri: string
    readonly request: Readonly<Record<string, string>>
    readonly verifier: string
    readonly nonce: string
    readonly state: string
    readonly own: boolean
  },
): Promise<Outcome> => {
  const { answer, redirectUri, request, own } = trial
  const { resource } = request
  const checks = {
    pkceCodeVerifier: trial.verifier,
    expectedNonce: trial.nonce,
    expectedState: trial.state,
    idTokenExpected: true,
  }
  try {
    const address = new URL(`${redirectUri}?${answer}`)
    const given = await oidc.authorizationCodeGrant(config, address, checks, resource === undefined ? {} : { resource })
    // A token for an API opens nothing else, userinfo included; a JSON web token is read and not asked about.
    const looked = resource === undefined ? await lookAt(config, given, given.claims()?.sub ?? '', own) : {}
    return { own, ...tokensOf(given, own), ...looked }
  } catch (error) {
    const refused = oauthError(answer.has('code') ? 'token' : 'login', error)
    if (refused === undefined) throw error
    return { own, error: refused }
  }
}
