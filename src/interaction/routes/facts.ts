import type { IdentityClaims } from '#src/kernel/identity.ts'
import type { Fact } from '#src/pages/uncertain-models.ts'

/** The verified data of a person, read-only and in reading order; what is unknown is left out. */
export const newAccountFacts = (claims: IdentityClaims): Fact[] => {
  const { address } = claims
  const locality = [address?.postalCode, address?.locality].filter(Boolean).join(' ')
  const facts: { label: Fact['label']; value: string | undefined }[] = [
    { label: 'name', value: claims.name ?? [claims.givenName, claims.familyName].filter(Boolean).join(' ') },
    { label: 'birthdate', value: claims.birthdate },
    { label: 'address', value: [address?.streetAddress, locality].filter(Boolean).join(', ') || address?.formatted },
    { label: 'phone', value: claims.phoneNumber },
    { label: 'email', value: claims.email },
  ]
  return facts.filter((fact): fact is Fact => fact.value !== undefined && fact.value !== '')
}

const MAJORITY_YEARS = 18

/** Whether somebody is under 18 today, the age from which a Belgian may sign a contract; false without a birth date. */
export const isMinor = ({ birthdate }: IdentityClaims, now: number): boolean => {
  if (birthdate === undefined) return false
  const today = new Date(now)
  const limit = new Date(Date.UTC(today.getUTCFullYear() - MAJORITY_YEARS, today.getUTCMonth(), today.getUTCDate()))
  return birthdate > limit.toISOString().slice(0, 10)
}
