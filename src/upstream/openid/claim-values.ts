import { type IdentityAddress, type IdentityClaims, LOCALES } from '#src/kernel/identity.ts'

/** Claims as they came, of any type and content. */
export type RawClaims = Readonly<Record<string, unknown>>

/** Longer than any name or address line of a document; what is longer is not one. */
const MAX_LENGTH = 500

/** A text that says something; undefined for anything else. */
export const text = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined
  const trimmed = value.trim()
  return trimmed === '' || trimmed.length > MAX_LENGTH ? undefined : trimmed
}

/** A whole date only: OpenID also allows a year alone, or year 0000 (OIDC Core 5.1), which say too little. */
const date = (value: unknown): string | undefined => {
  const written = text(value)
  return written !== undefined && /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(written) ? written : undefined
}

/** `nl`, `NL` and `nl-BE` are Dutch. */
const locale = (value: unknown): IdentityClaims['locale'] => {
  const language = text(value)?.split(/[-_]/)[0]?.toLowerCase()
  return LOCALES.find(known => known === language)
}

/** Leaves out what is absent, so that "not given" has one form. */
export const present = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

/** The address claim (OIDC Core 5.1.1); undefined when nothing of it can be read. */
export const address = (value: unknown): IdentityAddress | undefined => {
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

/** The claims that are read alike from every upstream; contacts are not, since what a word on them is worth differs. */
export const personClaims = (raw: RawClaims) => ({
  name: text(raw.name),
  givenName: text(raw.given_name),
  familyName: text(raw.family_name),
  birthdate: date(raw.birthdate),
  gender: text(raw.gender),
  locale: locale(raw.locale),
})
