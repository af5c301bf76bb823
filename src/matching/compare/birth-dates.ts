import { swapDayAndMonth } from '#src/matching/normalise/dates.ts'
import { editDistance } from '#src/matching/strings.ts'
import type { BirthDateLevel } from './levels.ts'

/** The birth date of a person (see `ComparablePerson`). */
export type ComparedBirthDate = {
  readonly birthDate?: string
  readonly birthYearOnly?: boolean
}

/** A digit wrong by this many years would be a parent or a child of the same name, not a slip. */
const GENERATION_YEARS = 12

const DAY = 86_400_000

/** Calendar years between two birth dates; infinite where one is not known. */
const yearsApart = ({ birthDate: a }: ComparedBirthDate, { birthDate: b }: ComparedBirthDate): number =>
  a === undefined || b === undefined
    ? Number.POSITIVE_INFINITY
    : Math.abs(Number(a.slice(0, 4)) - Number(b.slice(0, 4)))

/** A day earlier or later: what a time zone makes of midnight, and a slip of the pen where the tens change ("30", "29"). */
const areNeighbours = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) === DAY

/** Where the calendar of DOS begins, and so what systems that grew out of it write for no date. It is a real birthday, too. */
const DOS_ZERO = '1980-01-01'

/**
 * Whether the birth date of a record that differs from a person's may still be the person's, put down wrongly: less than a generation
 * away (the card of somebody else of the same age lay on the counter), or what a system writes for none. Otherwise it is
 * that of a parent or child, who may have the same name.
 */
export const mayBeMistaken = (person: ComparedBirthDate, record: ComparedBirthDate): boolean =>
  record.birthDate === DOS_ZERO || yearsApart(person, record) < GENERATION_YEARS

/**
 * Compares birth dates. Two equal dates on 1 January agree by year only: for many that is what a system puts when it
 * knows no more. Symmetric.
 */
export const compareBirthDates = (a: ComparedBirthDate, b: ComparedBirthDate): BirthDateLevel => {
  if (a.birthDate === undefined || b.birthDate === undefined) return 'missing'
  const years = yearsApart(a, b)
  if (a.birthYearOnly === true || b.birthYearOnly === true) return years === 0 ? 'year' : 'differ'
  if (a.birthDate === b.birthDate) return 'exact'
  // Cheap first: most are far apart.
  if (years >= GENERATION_YEARS) return 'differ'
  if (years === 0 && swapDayAndMonth(a.birthDate) === b.birthDate) return 'swapped'
  return editDistance(a.birthDate, b.birthDate, 1) === 1 || areNeighbours(a.birthDate, b.birthDate) ? 'typo' : 'differ'
}
