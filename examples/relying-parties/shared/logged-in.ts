import * as oidc from 'openid-client'

/** What a login leaves behind. `claims` are userinfo's, `idTokenClaims` those of the verified ID token. */
export type LoggedIn = {
  readonly claims: oidc.UserInfoResponse
  readonly idTokenClaims: oidc.IDToken
  /** What a token for the app's API allows, where the app has one. */
  readonly apiScope?: string
  readonly tokens: {
    readonly idToken: string
    readonly accessToken: string
    readonly tokenType: string
    readonly refreshToken?: string
    /** Seconds, counted from when the token was issued. */
    readonly expiresIn?: number
  }
}

/** What openid-client makes of a token endpoint's answer. */
export type TokenResponse = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>

/** Reads tokens that openid-client has verified, and asks userinfo who it is. */
export const toLoggedIn = async (
  config: oidc.Configuration,
  tokens: TokenResponse,
  options: oidc.DPoPOptions = {},
): Promise<LoggedIn> => {
  const idTokenClaims = tokens.claims()
  if (idTokenClaims === undefined || tokens.id_token === undefined) throw new Error('the ID token is missing')
  return {
    claims: await oidc.fetchUserInfo(config, tokens.access_token, idTokenClaims.sub, options),
    idTokenClaims,
    tokens: {
      idToken: tokens.id_token,
      accessToken: tokens.access_token,
      tokenType: tokens.token_type,
      ...(tokens.refresh_token === undefined ? {} : { refreshToken: tokens.refresh_token }),
      ...(tokens.expires_in === undefined ? {} : { expiresIn: tokens.expires_in }),
    },
  }
}

/** The end of a token tells two tokens apart as well as the whole, and is of no use to who reads over a shoulder. */
const shorten = (token: string): string => `${token.slice(0, 10)}… (${token.length} characters)`

/** What a developer wants to see of a login: plain data for `views/developers.ejs`. */
export const toDeveloperView = ({ claims, idTokenClaims, tokens }: LoggedIn) => ({
  idTokenClaims: JSON.stringify(idTokenClaims, null, 2),
  userinfo: JSON.stringify(claims, null, 2),
  tokens: [
    { name: 'ID token', value: shorten(tokens.idToken) },
    { name: 'Access token', value: shorten(tokens.accessToken) },
    { name: 'Type of the access token', value: tokens.tokenType },
    { name: 'Refresh token', value: tokens.refreshToken === undefined ? 'none' : shorten(tokens.refreshToken) },
    { name: 'Access token lives', value: tokens.expiresIn === undefined ? 'unknown' : `${tokens.expiresIn} s` },
  ],
})
