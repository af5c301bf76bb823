import { lacksLetter } from '#src/matching/normalise/fold.ts'
import { editDistance, jaroWinkler } from '#src/matching/strings.ts'
import { isFormOf } from './known-first-names.ts'
import type { FirstNameLevel } from './levels.ts'
import { areNicknames } from './nicknames.ts'

const glue = (names: readonly string[]): string => names.join('').replaceAll('-', '')
const isInitial = (name: string): boolean => name.length === 1

/** A compound name may be written with a hyphen, a space or neither: how many names each side takes for one call name. */
const ONE_TO_ONE = [1, 1] as const
const SPLITS = [ONE_TO_ONE, [2, 1], [1, 2]] as const

const areCompatible = (a: string, b: string): boolean => {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return long.startsWith(short) || editDistance(a, b, 1) <= 1
}

/** Whether the names after the call name speak against each other: "Jean Pierre" and "Jean Paul" are two people. */
const contradicts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !a.some(one => b.some(other => areCompatible(glue([one]), glue([other]))))

const compareCallNames = (a: readonly string[], b: readonly string[]): FirstNameLevel | undefined => {
  // Cheap first: nearly all pairs are two names, told by their first letter.
  if ((a[0] as string)[0] !== (b[0] as string)[0]) return undefined
  const split = SPLITS.find(
    ([ofA, ofB]) => a.length >= ofA && b.length >= ofB && glue(a.slice(0, ofA)) === glue(b.slice(0, ofB)),
  )
  if (split === undefined) return undefined
  if (contradicts(a.slice(split[0]), b.slice(split[1]))) return 'similar'
  // "Peter Jan" may be Peter, and Peter-Jan his twin.
  return split === ONE_TO_ONE ? 'exact' : 'misspelling'
}

/** The letters of names, a compound one as one ("J.L." of Jean-Pierre Lucien) and as two ("J.P."). */
const lettersOf = (names: readonly string[]): readonly (readonly string[])[] => [
  names.map(name => name.charAt(0)),
  names.flatMap(name => name.split('-')).map(part => part.charAt(0)),
]

const speakAgainst = (a: readonly string[], b: readonly string[]): boolean =>
  a.some((letter, at) => b[at] !== undefined && b[at] !== letter)

/**
 * Initials agree by the first; further ones on both sides must not speak against each other. The letter of another
 * register name is worth a question, no more.
 */
const compareInitials = (a: readonly string[], b: readonly string[]): FirstNameLevel => {
  const [ofA, ofB] = [lettersOf(a), lettersOf(b)]
  const [[firstA], [firstB]] = [a.map(name => name.charAt(0)), b.map(name => name.charAt(0))]
  if (firstA === firstB) return ofA.some(one => ofB.some(other => !speakAgainst(one, other))) ? 'initial' : 'similar'
  const isOfAnother = (letter = '', names: readonly string[]): boolean => names.some(name => name.startsWith(letter))
  return isOfAnother(firstB, a.slice(1)) || isOfAnother(firstA, b.slice(1)) ? 'similar' : 'differ'
}

/** Whether a record's first name is the initials of the person's names written as one word: "IC." of Isabelle Christiane. */
export const areGluedInitials = (identity: readonly string[], [form = '']: readonly string[]): boolean =>
  form.length > 1 && lettersOf(identity).some(letters => letters.join('').startsWith(form))

const LONGEST_COMMON_CUT = 5
const SHORTEST_FOR_TWO_SLIPS = 7
const isSlip = (a: string, b: string): boolean => {
  const shorter = Math.min(a.length, b.length)
  if (shorter < 3) return false
  const cutOff = shorter >= LONGEST_COMMON_CUT && (a.startsWith(b) || b.startsWith(a))
  const bound = shorter >= SHORTEST_FOR_TWO_SLIPS ? 2 : 1
  return cutOff || editDistance(a, b, bound) <= bound
}

const SIMILAR_FROM = 0.9

const compareWriting = (a: string, b: string, isRare: boolean): FirstNameLevel => {
  if (a.split('-').includes(b) || b.split('-').includes(a)) return 'partial'
  const [gluedA, gluedB] = [glue([a]), glue([b])]
  // What stands for a letter fits many a name that is a slip away; a sister's as well.
  const isFitting = (form: string, name: string): boolean => !lacksLetter(form) || isFormOf(form, name)
  const isMistake = isRare && isFitting(gluedA, gluedB) && isFitting(gluedB, gluedA)
  if (isSlip(gluedA, gluedB)) return isMistake ? 'misspelling' : 'similar'
  return jaroWinkler(gluedA, gluedB) >= SIMILAR_FROM ? 'similar' : 'differ'
}

/** Whether one call name is another register name of the other side, mistyped or short for it: worth a question, no more. */
const isLikeAnother = (identity: readonly string[], record: readonly string[]): boolean => {
  const isLike = (name: string, others: readonly string[]): boolean =>
    others.some(other => isSlip(glue([name]), glue([other])) || areNicknames(name, other))
  return isLike(record[0] as string, identity.slice(1)) || isLike(identity[0] as string, record.slice(1))
}

/**
 * The levels that are told by equal names, letters and known forms, how alike the names are written left aside; undefined
 * where that is all there is to tell. Symmetric.
 */
export const compareForms = (identity: readonly string[], record: readonly string[]): FirstNameLevel | undefined => {
  const [a, b] = [identity[0], record[0]]
  if (a === undefined || b === undefined) return 'missing'
  if (isInitial(a) || isInitial(b)) return compareInitials(identity, record)
  const same = compareCallNames(identity, record)
  if (same !== undefined) return same
  const isOther =
    identity.slice(1).some(name => glue([name]) === glue([b])) ||
    record.slice(1).some(name => glue([name]) === glue([a]))
  if (isOther) return 'other'
  return areNicknames(a, b) ? 'nickname' : undefined
}

/**
 * Compares first names in register order.
 * @param isRare whether the record's form is borne by almost nobody: only then may it be a slip of the pen, because a
 *   real name one letter away is most likely a sibling's
 * @returns the level; symmetric for the same `isRare`
 */
export const compareFirstNames = (
  identity: readonly string[],
  record: readonly string[],
  isRare: boolean,
): FirstNameLevel => {
  const told = compareForms(identity, record)
  if (told !== undefined) return told
  const level = compareWriting(identity[0] as string, record[0] as string, isRare)
  return level === 'differ' && isLikeAnother(identity, record) ? 'similar' : level
}
