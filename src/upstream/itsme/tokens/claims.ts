import type { IdentityClaims, RiskSignals } from '#src/kernel/identity.ts'
import { address, personClaims, present, type RawClaims, text } from '#src/upstream/openid/claim-values.ts'
import { NATIONAL_NUMBER, ONGOING_CALL } from './claim-names.ts'

const parsed = (value: string): unknown => {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** An object in v2; v1 sent the object as a JSON string. */
const anyAddress = (value: unknown) => address(typeof value === 'string' ? parsed(value) : value)

const nationalNumber = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{11}$/.test(value) ? value : undefined

/**
 * itsme's claims as PIAS knows them. Only what is named here goes on: the card number and the device are dropped even
 * when they come unasked, and so is the national number unless it may be processed.
 * The phone is the one the app was activated with, so it is verified unless itsme says otherwise; the e-mail never is.
 * @param raw claims of a verified ID token or userinfo answer
 * @param options.nationalNumber whether configuration names the law that allows it
 * @see docs/itsme.md
 */
export const toIdentityClaims = (raw: RawClaims, options: { nationalNumber: boolean }): IdentityClaims => {
  const email = text(raw.email)
  const phoneNumber = text(raw.phone_number)
  return present<IdentityClaims>({
    ...personClaims(raw),
    email,
    emailVerified: email === undefined ? undefined : false,
    phoneNumber,
    phoneVerified: phoneNumber === undefined ? undefined : raw.phone_number_verified !== false,
    address: anyAddress(raw.address),
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
