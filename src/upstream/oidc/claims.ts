import type { IdentityClaims } from '#src/kernel/identity.ts'
import { address, personClaims, present, type RawClaims, text } from '#src/upstream/openid/claim-values.ts'
import type { OidcConfig } from './config.ts'

/** As the token says; where the upstream vouches for the claim, a token that says nothing means yes. */
const isVerified = (said: unknown, vouched: boolean): boolean => (vouched ? said !== false : said === true)

/**
 * OpenID's standard claims as PIAS knows them (OIDC Core 5.1). Only what is named here goes on.
 * @param raw claims of a verified ID token or userinfo answer
 * @param vouched what the upstream vouches for by configuration
 */
export const toIdentityClaims = (raw: RawClaims, vouched: OidcConfig['verified']): IdentityClaims => {
  const email = text(raw.email)
  const phoneNumber = text(raw.phone_number)
  return present<IdentityClaims>({
    ...personClaims(raw),
    email,
    emailVerified: email === undefined ? undefined : isVerified(raw.email_verified, vouched.email),
    phoneNumber,
    phoneVerified: phoneNumber === undefined ? undefined : isVerified(raw.phone_number_verified, vouched.phone),
    address: address(raw.address),
  })
}

/**
 * The claims of an ID token, completed from userinfo. The ID token is signed, so it goes first; an e-mail or a phone
 * never gets the other source's word on whether it is verified: each source's claims hold the pair or neither.
 */
export const completeClaims = (idToken: IdentityClaims, userinfo: IdentityClaims): IdentityClaims => ({
  ...userinfo,
  ...idToken,
})

/** Whether an ID token tells who somebody is; if not, userinfo is worth a call. */
export const suffices = (claims: IdentityClaims): boolean =>
  claims.familyName !== undefined && claims.birthdate !== undefined
