import { type IdentityAddress, type IdentityClaims, LOCALES } from '#src/kernel/identity.ts'
import type { OidcConfig } from './config.ts'

type RawClaims = Readonly<Record<string, unknown>>

/** Longer than any name or address line of a document; what is longer is not one. */
const MAX_LENGTH = 500

const text = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined
  const trimmed = value.trim()
  return trimmed === '' || trimmed.length > MAX_LENGTH ? undefined : trimmed
}

/** A whole date only: OpenID also allows a year alone, or year 0000 (OIDC Core 5.1), which say too little. */
const date = (value: unknown): string | undefined => {
  const written = text(value)
  return written !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(written) && !written.startsWith('0000')
    ? written
    : undefined
}

const locale = (value: unknown): IdentityClaims['locale'] => {
  const language = text(value)?.split(/[-_]/)[0]?.toLowerCase()
  return LOCALES.find(known => known === language)
}

/** Leaves out what is absent, so that "not given" has one form. */
const present = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

const address = (value: unknown): IdentityAddress | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const parts = value as RawClaims
  const result = present<IdentityAddress>({
    streetAddress: text(parts.street_address),
    postalCode: text(parts.postal_code),
    locality: text(parts.locality),
    country: text(parts.country),
    formatted: text(parts.formatted),
  })
  return Object.keys(result).length > 0 ? result : undefined
}

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
    name: text(raw.name),
    givenName: text(raw.given_name),
    familyName: text(raw.family_name),
    birthdate: date(raw.birthdate),
    gender: text(raw.gender),
    locale: locale(raw.locale),
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
