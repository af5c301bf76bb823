import type { Comparison, TieLevels } from '#src/matching/compare/levels.ts'

/**
 * What each level leaves open about *who* a record names: 0 nothing, 1 what a clerk's slip explains, 2 what a relative
 * could explain as well. A level that is not here contradicts, or says nothing at all; half of a double first name is a
 * name of its own, mostly somebody else's of the house.
 */
const OPEN = {
  firstName: { exact: 0, misspelling: 1, nickname: 1, other: 2, initial: 2 },
  familyName: { exact: 0, part: 1, misspelling: 1, missing: 2, differ: 2 },
  birthDate: { exact: 0, year: 1, swapped: 1, typo: 1 },
} as const satisfies {
  readonly [F in 'firstName' | 'familyName' | 'birthDate']: Partial<Record<Comparison[F], number>>
}

/**
 * How much the names and the birth date of a record leave open about who its holder is: 0 all agree in full, and
 * infinite where one of them contradicts or is missing. A national number that agrees stands for the birth date.
 */
export const openQuestions = ({ firstName, familyName, birthDate, nationalNumber }: Comparison): number => {
  const first: number | undefined = OPEN.firstName[firstName as keyof typeof OPEN.firstName]
  const family = OPEN.familyName[familyName]
  const date: number | undefined = OPEN.birthDate[birthDate as keyof typeof OPEN.birthDate]
  if (nationalNumber === 'exact') {
    const fits = familyName !== 'differ' && familyName !== 'missing'
    return fits && first !== undefined ? first + family : Number.POSITIVE_INFINITY
  }
  return first === undefined || date === undefined ? Number.POSITIVE_INFINITY : first + family + date
}

/** How many of mobile and e-mail address agree: what one person holds, and a household shares at times. */
export const possessionsOf = ({ mobile, email }: Pick<TieLevels, 'mobile' | 'email'>): number =>
  Number(mobile === 'exact') + Number(email === 'exact')

/** Whether the house agrees, by its address or its landline: what a household shares by nature. */
export const sharesHome = ({ address, landline }: Pick<TieLevels, 'address' | 'landline'>): boolean =>
  address === 'full' || landline === 'exact'

/**
 * How strongly *what* ties a record to a person: two for each possession, one for the home, one for a mailbox or number
 * that is a slip away.
 */
export const tieStrength = (comparison: Comparison): number =>
  2 * possessionsOf(comparison) +
  Number(sharesHome(comparison)) +
  Number(comparison.email === 'slip' || comparison.mobile === 'slip')
