import { type IdentityAddress, type IdentityClaims, LOCALES, type RiskSignals } from '#src/kernel/identity.ts'
import { NATIONAL_NUMBER, ONGOING_CALL } from './claim-names.ts'

type RawClaims = Readonly<Record<string, unknown>>

/** Longer than any name or address line of a document; what is longer is not one. */
const MAX_LENGTH = 500

const text = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined
  const trimmed = value.trim()
  return trimmed === '' || trimmed.length > MAX_LENGTH ? undefined : trimmed
}

const date = (value: unknown): string | undefined => {
  const written = text(value)
  return written !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(written) ? written : undefined
}

/** itsme writes NL, FR, DE, EN; v1 wrote them small; OIDC allows `nl-BE`. */
const locale = (value: unknown): IdentityClaims['locale'] => {
  const language = text(value)?.slice(0, 2).toLowerCase()
  return LOCALES.find(known => known === language)
}

const parsed = (value: string): unknown => {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** Leaves out what is absent, so that "not given" has one form. */
const present = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

/** An object in v2; v1 sent the object as a JSON string (itsme.md, 6). */
const address = (value: unknown): IdentityAddress | undefined => {
  const raw = typeof value === 'string' ? parsed(value) : value
  if (typeof raw !== 'object' || raw === null) return undefined
  const parts = raw as RawClaims
  const result = present<IdentityAddress>({
    streetAddress: text(parts.street_address),
    postalCode: text(parts.postal_code),
    locality: text(parts.locality),
    country: text(parts.country),
    formatted: text(parts.formatted),
  })
  return Object.keys(result).length > 0 ? result : undefined
}

const nationalNumber = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{11}$/.test(value) ? value : undefined

/**
 * itsme's claims as PIAS knows them. Only what is named here goes on: the card number and the device are dropped even
 * when they come unasked, and so is the national number unless it may be processed (itsme.md, 11).
 * The phone is the one the app was activated with, so it is verified unless itsme says otherwise; the e-mail never is.
 * @param raw claims of a verified ID token or userinfo answer
 * @param options.nationalNumber whether configuration names the law that allows it
 * @see itsme.md, 5
 */
export const toIdentityClaims = (raw: RawClaims, options: { nationalNumber: boolean }): IdentityClaims => {
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
    emailVerified: email === undefined ? undefined : false,
    phoneNumber,
    phoneVerified: phoneNumber === undefined ? undefined : raw.phone_number_verified !== false,
    address: address(raw.address),
    nationalNumber: options.nationalNumber ? nationalNumber(raw[NATIONAL_NUMBER]) : undefined,
  })
}

/** What itsme noticed while the person approved; nothing where it says nothing. */
export const toSignals = (raw: RawClaims): { readonly signals?: RiskSignals } => {
  const callInProgress = raw[ONGOING_CALL]
  return typeof callInProgress === 'boolean' ? { signals: { callInProgress } } : {}
}

/** Whether matching has what itsme says is always there; if not, userinfo is worth a call. */
export const suffices = (claims: IdentityClaims): boolean =>
  claims.familyName !== undefined && claims.birthdate !== undefined && claims.phoneNumber !== undefined
