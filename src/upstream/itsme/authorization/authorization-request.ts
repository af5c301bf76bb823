import type { Acr, Approval, Locale, Purpose } from '#src/kernel/identity.ts'
import type { ItsmeConfig } from '#src/upstream/itsme/config.ts'
import { NATIONAL_NUMBER, ONGOING_CALL } from '#src/upstream/itsme/tokens/claim-names.ts'
import { approvalClaims } from './approval-claims.ts'

/**
 * Named again in the `claims` parameter, because itsme gives what a scope stands for at userinfo only: this way the ID
 * token brings all of it and userinfo need not be called. What nobody uses is not asked (GDPR, 5.1.c).
 */
const CLAIMS = [
  'name',
  'given_name',
  'family_name',
  'birthdate',
  'gender',
  'locale',
  'email',
  'phone_number',
  'address',
  ONGOING_CALL,
]

/** Named at userinfo, for when the ID token tells too little: what no scope stands for. */
export const USERINFO_CLAIMS: readonly string[] = [ONGOING_CALL]

/** Parameters before they have a form: a query takes the object as JSON text, a request object as it is. */
export type AuthorizationParameters = { readonly [name: string]: string | object }

/** What a leg needs of its own; `challenge` is the S256 PKCE challenge. */
export type LegParameters = {
  readonly purpose: Purpose
  readonly approval?: Approval
  readonly locale: Locale
  readonly acr: Acr | undefined
  readonly state: string
  readonly nonce: string
  readonly challenge: string
  readonly callbackUrl: string
}

/**
 * The scopes of a request. `eid` stands for the national number and is among them only where configuration names the
 * law that allows it.
 */
export const scopeOf = (config: Pick<ItsmeConfig, 'serviceCodes' | 'nationalNumber'>, purpose: Purpose): string =>
  `openid service:${config.serviceCodes[purpose]} profile email phone address` +
  (config.nationalNumber === undefined ? '' : ' eid')

/** The claims the ID token is to bring. */
export const requestedClaims = (config: Pick<ItsmeConfig, 'nationalNumber'>): readonly string[] =>
  config.nationalNumber === undefined ? CLAIMS : [...CLAIMS, NATIONAL_NUMBER]

/** Claims as the `claims` parameter names them: voluntary, of any value (OIDC Core 5.5.1). */
const asked = (names: readonly string[]): Record<string, null> => Object.fromEntries(names.map(name => [name, null]))

/** The parameters of an authorization request to itsme. */
export const authorizationParameters = (
  config: Pick<ItsmeConfig, 'clientId' | 'serviceCodes' | 'acr' | 'nationalNumber'>,
  leg: LegParameters,
): AuthorizationParameters => {
  const acr = leg.acr === undefined ? undefined : config.acr.request[leg.acr]
  return {
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: leg.callbackUrl,
    scope: scopeOf(config, leg.purpose),
    claims: {
      id_token: asked(requestedClaims(config)),
      userinfo: { ...asked(USERINFO_CLAIMS), ...(leg.purpose === 'confirmation' ? approvalClaims(leg.approval) : {}) },
    },
    state: leg.state,
    nonce: leg.nonce,
    code_challenge: leg.challenge,
    code_challenge_method: 'S256',
    ui_locales: leg.locale,
    ...(acr === undefined ? {} : { acr_values: acr }),
  }
}
