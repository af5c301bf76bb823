import type { Acr, Locale, Purpose } from '#src/kernel/identity.ts'
import type { ItsmeConfig } from './config.ts'

/**
 * Named again in the `claims` parameter, because itsme gives what a scope stands for at userinfo only: this way the ID
 * token brings all of it and userinfo need not be called. `eid` is not among the scopes: the national number needs a
 * legal basis (itsme.md, 5 and 11).
 */
const CLAIMS = JSON.stringify({
  id_token: {
    name: null,
    given_name: null,
    family_name: null,
    birthdate: null,
    gender: null,
    locale: null,
    email: null,
    phone_number: null,
    address: null,
  },
})

/**
 * The parameters of an authorization request to itsme (itsme.md, 4), client_id and response_type left to the library.
 * @param leg.challenge the S256 PKCE challenge
 */
export const authorizationParameters = (
  config: Pick<ItsmeConfig, 'serviceCodes' | 'acr'>,
  leg: {
    purpose: Purpose
    locale: Locale
    acr: Acr | undefined
    state: string
    nonce: string
    challenge: string
    callbackUrl: string
  },
): Record<string, string> => {
  const acr = leg.acr === undefined ? undefined : config.acr.request[leg.acr]
  return {
    redirect_uri: leg.callbackUrl,
    scope: `openid service:${config.serviceCodes[leg.purpose]} profile email phone address`,
    claims: CLAIMS,
    state: leg.state,
    nonce: leg.nonce,
    code_challenge: leg.challenge,
    code_challenge_method: 'S256',
    ui_locales: leg.locale,
    ...(acr === undefined ? {} : { acr_values: acr }),
  }
}
