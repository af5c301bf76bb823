import { type CustomerKey, type CustomerRecord, customerKeyOf } from '#src/kernel/customer.ts'
import type { Comparison } from '#src/matching/compare/levels.ts'
import { compare } from '#src/matching/compare.ts'
import { createMatchIdentity, type MatchDeps } from './match-identity.ts'

/** Who is looked for: a name, and a date of birth (`YYYY-MM-DD`) or a postal code, or both. */
export type NameSearch = {
  readonly givenName: string
  readonly familyName: string
  readonly birthDate?: string
  readonly postalCode?: string
}

/** A record that may be of that person, and how its fields agree with what was looked for. */
export type NamedRecord = CustomerKey & {
  readonly name: string
  readonly agrees: Pick<Comparison, 'firstName' | 'familyName' | 'birthDate' | 'address'>
}

/** `complete`: whether that is all. Else there were too many under a key, more than are told, or a source was late. */
export type NameFindings = { readonly records: readonly NamedRecord[]; readonly complete: boolean }

/** More than anybody looks through. */
const MOST = 50

/** Without frequencies of names: who looks decides. */
const FACTS = { isRareFirstName: () => false, isGeneric: () => false }

const strengthOf = ({ agrees }: NamedRecord): number =>
  Object.values(agrees).filter(level => level === 'exact' || level === 'full').length

const nameOf = ({ firstName = '', lastName = '' }: CustomerRecord): string => `${firstName} ${lastName}`.trim()

/**
 * Finds customer records by name, through the very keys by which a login finds them and through nothing else: no base is
 * walked through, and a name that too many have yields nothing. Records of another first or family name are left out.
 */
export const createFindByName = (deps: Pick<MatchDeps, 'source' | 'matching' | 'logger'>) => {
  const { search } = createMatchIdentity(deps)

  return async ({ givenName, familyName, birthDate, postalCode }: NameSearch): Promise<NameFindings> => {
    const claims = {
      givenName,
      familyName,
      ...(birthDate !== undefined && { birthdate: birthDate }),
      ...(postalCode !== undefined && { address: { postalCode, country: 'BE' } }),
    }
    const { identity, candidates, overflowed, complete } = await search({ claims })
    const fitting = candidates
      .map(({ record, person: other }): NamedRecord => {
        const { firstName, familyName: family, birthDate: born, address } = compare(identity, other, FACTS)
        const { serviceLine, customerId } = record
        const agrees = { firstName, familyName: family, birthDate: born, address }
        return { serviceLine, customerId, name: nameOf(record), agrees }
      })
      .filter(({ agrees }) => agrees.firstName !== 'differ' && agrees.familyName !== 'differ')
      .sort((a, b) => strengthOf(b) - strengthOf(a) || (customerKeyOf(a) < customerKeyOf(b) ? -1 : 1))
    return {
      records: fitting.slice(0, MOST),
      complete: complete && overflowed.length === 0 && fitting.length <= MOST,
    }
  }
}

/** Finds customer records by name. */
export type FindByName = ReturnType<typeof createFindByName>
