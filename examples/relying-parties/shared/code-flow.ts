import * as oidc from 'openid-client'
import { type LoggedIn, type TokenResponse, toLoggedIn } from './logged-in.ts'
import type { Configure } from './provider-connection.ts'

/** What one login must remember until its callback; a browser may have several at once, one per tab. */
export type PendingLogin = {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly redirectUri: string
}

/** How an app uses the code flow. */
export type CodeFlowOptions = {
  readonly configure: Configure
  readonly scope: string
  /** Sends the request to the provider first and the browser with its number only (PAR, RFC 9126). */
  readonly pushed?: boolean
  /** The key that tokens are bound to (DPoP, RFC 9449). */
  readonly dpopKeys?: CryptoKeyPair
}

/**
 * OpenID Connect as the apps need it: code flow with PKCE S256, state and nonce (RFC 9700), ID tokens verified by
 * signature, RP-initiated logout. Errors are openid-client's own.
 */
export const createCodeFlow = (options: CodeFlowOptions) => {
  const { configure } = options

  const dpop = (config: oidc.Configuration): oidc.DPoPOptions =>
    options.dpopKeys === undefined ? {} : { DPoP: oidc.getDPoPHandle(config, options.dpopKeys) }

  /** Where to send the browser, and what to keep for {@link complete}. @param more parameters of the request */
  const begin = async (
    redirectUri: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ redirectTo: URL; pending: PendingLogin }> => {
    const config = await configure()
    const pending = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
      redirectUri,
    }
    const parameters = {
      redirect_uri: redirectUri,
      scope: options.scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
      ...more,
    }
    const redirectTo = options.pushed
      ? await oidc.buildAuthorizationUrlWithPAR(config, parameters)
      : oidc.buildAuthorizationUrl(config, parameters)
    return { redirectTo, pending }
  }

  /** Redeems the code of a callback. @param query the callback's query string, with its question mark */
  const complete = async (query: string, pending: PendingLogin): Promise<LoggedIn> => {
    const config = await configure()
    const checks = {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.codeVerifier,
      idTokenExpected: true,
    }
    const callback = new URL(`${pending.redirectUri}${query}`)
    const tokens = await oidc.authorizationCodeGrant(config, callback, checks, undefined, dpop(config))
    return toLoggedIn(config, tokens, dpop(config))
  }

  /** New tokens for a login that has a refresh token. @param more such as the `resource` that they are for (RFC 8707) */
  const refresh = async (login: LoggedIn, more: Readonly<Record<string, string>> = {}): Promise<TokenResponse> => {
    const { refreshToken } = login.tokens
    if (refreshToken === undefined) throw new Error('there is no refresh token')
    const config = await configure()
    return oidc.refreshTokenGrant(config, refreshToken, more, dpop(config))
  }

  /** Where logging out continues at the provider; `state` comes back with the browser. */
  const logoutUrl = async (idToken: string, returnTo: string, state: string): Promise<URL> =>
    oidc.buildEndSessionUrl(await configure(), {
      id_token_hint: idToken,
      post_logout_redirect_uri: returnTo,
      state,
    })

  return { begin, complete, refresh, logoutUrl }
}

export type CodeFlow = ReturnType<typeof createCodeFlow>
