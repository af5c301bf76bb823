import { withoutParticles } from '#src/matching/normalise/names.ts'
import { phoneticCode } from '#src/matching/phonetic.ts'
import { editDistance, jaroWinkler } from '#src/matching/strings.ts'
import type { FamilyNameLevel } from './levels.ts'

/** The family name of a person, whole and in parts (see `ComparablePerson`). */
export type ComparedFamilyName = {
  readonly familyName?: string
  readonly familyNames: readonly string[]
}

const SHORTEST_FOR_ONE_SLIP = 4
const SHORTEST_FOR_TWO_SLIPS = 8
const SHORTEST_CUT_OFF = 5
const SHORTEST_FOR_SOUND = 4
const SIMILAR_FROM = 0.9
const SOUND_FROM = 0.7

const isSlip = (a: string, b: string): boolean => {
  const shorter = Math.min(a.length, b.length)
  if (shorter >= SHORTEST_CUT_OFF && (a.startsWith(b) || b.startsWith(a))) return true
  const bound = shorter >= SHORTEST_FOR_TWO_SLIPS ? 2 : 1
  return shorter >= SHORTEST_FOR_ONE_SLIP && editDistance(a, b, bound) <= bound
}

/** More than a slip apart, yet alike in writing or to the ear: "Dumont" and "Duumint". */
const isAlike = (a: string, b: string): boolean => {
  // Cheap first: nearly all pairs are two families, told by their first and last letters.
  if (a.charAt(0) !== b.charAt(0) && a.at(-1) !== b.at(-1)) return false
  const similarity = jaroWinkler(a, b)
  if (similarity < SOUND_FROM || similarity >= SIMILAR_FROM) return similarity >= SIMILAR_FROM
  const code = phoneticCode(a)
  return code.length >= SHORTEST_FOR_SOUND && code === phoneticCode(b)
}

const isMisspelling = (a: string, b: string): boolean => {
  if (isSlip(a, b) || isAlike(a, b)) return true
  const [stemA, stemB] = [withoutParticles(a), withoutParticles(b)]
  if (stemA === a && stemB === b) return false
  return isSlip(stemA, stemB) || isAlike(stemA, stemB)
}

/** The parts of a double name that families share: not the letter of a first name that stands behind it. */
const sharedParts = ({ familyNames }: ComparedFamilyName): readonly string[] =>
  familyNames.filter(part => part.length > 1)

/** The whole name and, of a double name, its parts. */
const allNames = ({ familyName = '', familyNames }: ComparedFamilyName): readonly string[] =>
  familyNames.length > 1 ? [familyName, ...sharedParts({ familyNames })] : [familyName]

const sameParts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(part => b.includes(part))

/** Whether two family names are the same, whole or in the same parts: the level `exact`. Symmetric. */
export const isSameFamilyName = (a: ComparedFamilyName, b: ComparedFamilyName): boolean =>
  a.familyName !== undefined &&
  b.familyName !== undefined &&
  (a.familyName === b.familyName || sameParts(a.familyNames, b.familyNames))

/**
 * Compares family names. Siblings, parents and half of the namesakes share them, so even `exact` proves little; a
 * `misspelling` may well be another family ("Janssen" and "Janssens"), which its frequency accounts for in the score.
 * Symmetric.
 */
export const compareFamilyNames = (a: ComparedFamilyName, b: ComparedFamilyName): FamilyNameLevel => {
  if (a.familyName === undefined || b.familyName === undefined) return 'missing'
  if (isSameFamilyName(a, b)) return 'exact'
  if (sharedParts(a).some(part => b.familyNames.includes(part))) return 'part'
  if (withoutParticles(a.familyName) === withoutParticles(b.familyName)) return 'part'
  const [namesA, namesB] = [allNames(a), allNames(b)]
  const misspelt = namesA.some(one => namesB.some(other => isMisspelling(one, other)))
  return misspelt ? 'misspelling' : 'differ'
}
