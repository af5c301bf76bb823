import type { AccountClaims, IdentityClaims } from '#src/kernel/identity.ts'
import { identityToPerson } from '#src/matching/normalise.ts'

/**
 * Whether the claims of an account and those of an identity name one person: both names and the whole birth date, each in
 * full, and the account's read from a document, too. Nothing less, for it opens an account to another identity, though only
 * beside a proof.
 */
export const isSamePerson = (known: AccountClaims, claims: IdentityClaims): boolean => {
  if (known.verifiedBy === undefined) return false
  const [a, b] = [identityToPerson(known), identityToPerson(claims)]
  if (a.familyName === undefined || a.birthDate === undefined || a.birthYearOnly === true) return false
  if (a.firstNames.length === 0) return false
  return (
    a.familyName === b.familyName && a.birthDate === b.birthDate && a.firstNames.join(' ') === b.firstNames.join(' ')
  )
}
