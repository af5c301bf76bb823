import type { ComparableAddress } from '#src/kernel/customer.ts'
import { editDistance } from '#src/matching/strings.ts'
import { ADDRESS_LEVELS, type AddressLevel } from './levels.ts'

const SHORTEST_FOR_ONE_SLIP = 5
const SHORTEST_FOR_TWO_SLIPS = 9

/** What is left of a mistyped word for the kind of street, which the normaliser could not take off: "rozenlan". */
const MISTYPED_KIND =
  /^(?:s?[a-z]{0,2}r[a-z]{0,2}t|l[a-z]{0,2}n|s?t[a-z]{0,2}w[a-z]{0,2}g|pl[a-z]{0,3}n|d?reef|[a-z]{1,2}aan|str[a-z]{1,5})$/

const isWithKind = (short: string, long: string): boolean =>
  short.length >= SHORTEST_FOR_ONE_SLIP - 1 && long.startsWith(short) && MISTYPED_KIND.test(long.slice(short.length))

const sameStreet = (a: string | undefined, b: string | undefined): boolean => {
  if (a === undefined || b === undefined) return false
  if (a === b) return true
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (isWithKind(short, long)) return true
  const bound = short.length >= SHORTEST_FOR_TWO_SLIPS ? 2 : short.length >= SHORTEST_FOR_ONE_SLIP ? 1 : 0
  // A name cut off by a field too short for it.
  if (short.length >= SHORTEST_FOR_TWO_SLIPS && long.startsWith(short)) return true
  return editDistance(a, b, bound) <= bound
}

/** Whether two addresses lie in one place; undefined when one of them does not say. */
const samePlace = (a: ComparableAddress, b: ComparableAddress): boolean | undefined => {
  if (a.postalCode !== undefined && b.postalCode !== undefined) return a.postalCode === b.postalCode
  return a.locality === undefined || b.locality === undefined ? undefined : a.locality === b.locality
}

/** Digits of a house number, and what tells its doors apart: letter and box, in the order written. */
const doorOf = ({
  number = '',
  box,
}: ComparableAddress): { digits: string; letter: string; doors: readonly string[] } => {
  const digits = number.replace(/\D+$/, '')
  const letter = number.slice(digits.length)
  return { digits, letter, doors: [letter, box ?? ''].filter(door => door !== '') }
}

const isWithin = (some: readonly string[], others: readonly string[]): boolean =>
  some.every(door => others.includes(door))

/**
 * A letter or a box that one side leaves out contradicts nothing: systems lose letters, and older ones have no field for
 * boxes. "12A" and "12 box A" are one door.
 */
const compareHouses = (a: ComparableAddress, b: ComparableAddress): AddressLevel => {
  const [doorA, doorB] = [doorOf(a), doorOf(b)]
  if (doorA.digits === '' || doorA.digits !== doorB.digits) return 'street'
  // Before the boxes are looked at: "12A box B" and "12B box A" are two houses.
  if (doorA.letter !== '' && doorB.letter !== '' && doorA.letter !== doorB.letter) return 'street'
  return isWithin(doorA.doors, doorB.doors) || isWithin(doorB.doors, doorA.doors) ? 'full' : 'house'
}

/** Compares two addresses. Symmetric. */
export const compareAddress = (a: ComparableAddress, b: ComparableAddress): AddressLevel => {
  const place = samePlace(a, b)
  if (place === undefined) return 'missing'
  if (!place) return 'differ'
  return sameStreet(a.street, b.street) ? compareHouses(a, b) : 'place'
}

const TELLING = ADDRESS_LEVELS.filter(level => level !== 'missing')

/** The best agreement of any two addresses of two people, present or former. Symmetric. */
export const compareAddresses = (a: readonly ComparableAddress[], b: readonly ComparableAddress[]): AddressLevel => {
  const levels = new Set(a.flatMap(one => b.map(other => compareAddress(one, other))))
  return TELLING.find(level => levels.has(level)) ?? 'missing'
}
