import type { Acr, Locale } from '#src/kernel/identity.ts'
import type { OidcConfig } from './config.ts'

/**
 * The parameters of an authorization request (OIDC Core 3.1.2.1; PKCE, RFC 7636), client_id and response_type left to
 * the library. The purpose of a leg has no word in OpenID and is not told.
 * @param leg.challenge the S256 PKCE challenge
 */
export const authorizationParameters = (
  config: Pick<OidcConfig, 'scope' | 'acr'>,
  leg: {
    locale: Locale
    acr: Acr | undefined
    maxAge?: number | undefined
    state: string
    nonce: string
    challenge: string
    callbackUrl: string
  },
): Record<string, string> => {
  const acr = leg.acr === undefined ? undefined : config.acr.request[leg.acr]
  return {
    redirect_uri: leg.callbackUrl,
    scope: config.scope,
    state: leg.state,
    nonce: leg.nonce,
    code_challenge: leg.challenge,
    code_challenge_method: 'S256',
    ui_locales: leg.locale,
    ...(acr === undefined ? {} : { acr_values: acr }),
    ...(leg.maxAge === undefined ? {} : { max_age: String(leg.maxAge) }),
  }
}
