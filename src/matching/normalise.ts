import type { ComparableAddress, ComparablePerson, CustomerRecord } from '#src/kernel/customer.ts'
import type { IdentityClaims } from '#src/kernel/identity.ts'
import { normaliseIdentityAddress, normaliseRecordAddress } from '#src/matching/normalise/addresses.ts'
import { normaliseEmails, normalisePhones } from '#src/matching/normalise/contacts.ts'
import { isBirthYearOnly, normaliseDate } from '#src/matching/normalise/dates.ts'
import { parseFamilyName, parseFirstNames } from '#src/matching/normalise/names.ts'
import { parseNationalNumber } from '#src/matching/normalise/national-number.ts'

/**
 * Grows with every change of what this module puts out: comparable forms stored under an older version must be made
 * anew before they are compared.
 */
export const NORMALISER_VERSION = 'n6'

/** `nationalNumber`: whether the law lets this installation process it; off unless configuration says otherwise. */
export type NormaliseOptions = { readonly nationalNumber?: boolean }

type Written = {
  readonly firstNames: string | undefined
  readonly familyName: string | undefined
  readonly birthDate: string | undefined
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  readonly addresses: readonly (ComparableAddress | undefined)[]
  readonly nationalNumber: string | undefined
}

const toPerson = (written: Written): ComparablePerson => {
  const nationalNumber = parseNationalNumber(written.nationalNumber)
  const birthDate = normaliseDate(written.birthDate) ?? nationalNumber?.birthDate
  const addresses = written.addresses.filter(address => address !== undefined)
  return {
    firstNames: parseFirstNames(written.firstNames),
    ...parseFamilyName(written.familyName),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(birthDate !== undefined && isBirthYearOnly(birthDate) ? { birthYearOnly: true } : {}),
    emails: normaliseEmails(written.emails),
    ...normalisePhones(written.phones),
    addresses,
    ...(nationalNumber === undefined ? {} : { nationalNumber: nationalNumber.number }),
  }
}

/**
 * The comparable form of a customer record, made once when the record is written. Its addresses are the present one and
 * then the former ones. Without `options.nationalNumber` the national number is not even looked at.
 */
export const toComparablePerson = (record: CustomerRecord, options: NormaliseOptions = {}): ComparablePerson =>
  toPerson({
    firstNames: record.firstName,
    familyName: record.lastName,
    birthDate: record.birthDate,
    emails: record.emails,
    phones: record.phones,
    addresses: [record.address, ...record.formerAddresses].map(normaliseRecordAddress),
    nationalNumber: options.nationalNumber === true ? record.nationalNumber : undefined,
  })

/**
 * The comparable form of an upstream's claims. A phone number the upstream does not call verified is left out: it would
 * count as something the person holds. An e-mail address need not be verified (itsme never says so): by itself it
 * decides nothing. Without `options.nationalNumber` the national number is not even looked at.
 */
export const identityToPerson = (claims: IdentityClaims, options: NormaliseOptions = {}): ComparablePerson =>
  toPerson({
    firstNames: claims.givenName,
    familyName: claims.familyName,
    birthDate: claims.birthdate,
    emails: claims.email === undefined ? [] : [claims.email],
    phones: claims.phoneNumber === undefined || claims.phoneVerified !== true ? [] : [claims.phoneNumber],
    addresses: [normaliseIdentityAddress(claims.address)],
    nationalNumber: options.nationalNumber === true ? claims.nationalNumber : undefined,
  })
