import * as oidc from 'openid-client'

/** How this app is known to its OpenID provider. */
export type RelyingPartyOptions = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** This app's own origin, such as `http://localhost:3200`. */
  readonly baseUrl: string
}

/** What one login must remember until its callback; a browser may have several at once, one per tab. */
export type PendingLogin = { readonly state: string; readonly nonce: string; readonly codeVerifier: string }

/** What a login leaves behind. `claims` are userinfo's, `idTokenClaims` those of the verified ID token. */
export type LoggedIn = {
  readonly claims: oidc.UserInfoResponse
  readonly idTokenClaims: oidc.IDToken
  readonly tokens: {
    readonly idToken: string
    readonly accessToken: string
    readonly refreshToken?: string
    /** Seconds, counted from when the token was issued. */
    readonly expiresIn?: number
  }
}

const SCOPE = 'openid profile email phone address customer offline_access'

/** Seconds before a silent provider counts as down. */
const TIMEOUT = 5

/**
 * OpenID Connect as this app needs it: code flow with PKCE S256, state and nonce (RFC 9700), ID tokens verified by
 * signature, RP-initiated logout. Errors are openid-client's own; `start` of one login never waits for another.
 */
export const createRelyingParty = (options: RelyingPartyOptions) => {
  const { issuer, clientId, clientSecret, baseUrl } = options
  const redirectUri = new URL('/callback', baseUrl).href
  let configuration: Promise<oidc.Configuration> | undefined

  const discover = () =>
    oidc.discovery(new URL(issuer), clientId, undefined, oidc.ClientSecretBasic(clientSecret), {
      timeout: TIMEOUT,
      execute: [
        oidc.enableNonRepudiationChecks,
        // Plain HTTP is for a provider on this very machine; openid-client refuses it unless told.
        ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
      ],
    })

  /** Discovery waits for the first login, because the provider may start later, and is tried again after a failure. */
  const configure = (): Promise<oidc.Configuration> => {
    configuration ??= discover().catch(error => {
      configuration = undefined
      throw error
    })
    return configuration
  }

  /** Where to send the browser, and what to keep for {@link complete}. `persona` is for the itsme simulator only. */
  const begin = async (persona?: string): Promise<{ redirectTo: URL; pending: PendingLogin }> => {
    const pending = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
    }
    const redirectTo = oidc.buildAuthorizationUrl(await configure(), {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
      ...(persona === undefined ? {} : { persona }),
    })
    return { redirectTo, pending }
  }

  /** Redeems the code of a callback. @param query the callback's query string, with its question mark */
  const complete = async (query: string, pending: PendingLogin): Promise<LoggedIn> => {
    const config = await configure()
    const tokens = await oidc.authorizationCodeGrant(config, new URL(`${redirectUri}${query}`), {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.codeVerifier,
      idTokenExpected: true,
    })
    const idTokenClaims = tokens.claims()
    if (idTokenClaims === undefined || tokens.id_token === undefined) throw new Error('the ID token is missing')
    return {
      claims: await oidc.fetchUserInfo(config, tokens.access_token, idTokenClaims.sub),
      idTokenClaims,
      tokens: {
        idToken: tokens.id_token,
        accessToken: tokens.access_token,
        ...(tokens.refresh_token === undefined ? {} : { refreshToken: tokens.refresh_token }),
        ...(tokens.expires_in === undefined ? {} : { expiresIn: tokens.expires_in }),
      },
    }
  }

  /** Where logging out continues at the provider; `state` comes back with the browser. */
  const logoutUrl = async (idToken: string, state: string): Promise<URL> =>
    oidc.buildEndSessionUrl(await configure(), {
      id_token_hint: idToken,
      post_logout_redirect_uri: new URL('/', baseUrl).href,
      state,
    })

  return { begin, complete, logoutUrl }
}

export type RelyingParty = ReturnType<typeof createRelyingParty>
