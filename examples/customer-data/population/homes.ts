import type { Random } from '#examples/customer-data/random.ts'
import { drawAddress, drawPlace, type Place } from './addresses.ts'
import type { Ground } from './grounds.ts'
import { type Address, type History, type Language, PRESENT_YEAR } from './types.ts'

/** A place to live, since when, and where the same people lived together before. */
export type Dwelling = {
  readonly address: Address
  readonly since: number
  readonly before?: { from: number; value: Address }
}

/**
 * Where people who live together today do so, and did.
 * @param together the year they began to
 */
export const drawDwelling = (
  random: Random,
  { ground, place, language, together }: { ground: Ground; place: Place; language: Language; together: number },
): Dwelling => {
  const address = drawAddress(random, place, language)
  const from = Math.min(together, PRESENT_YEAR)
  if (from >= PRESENT_YEAR - 1 || !random.chance(0.45)) return { address, since: from }
  const former = random.chance(0.6) ? place : drawPlace(random, ground)
  const since = random.int(Math.max(from + 1, 1995), PRESENT_YEAR)
  return { address, since, before: { from, value: drawAddress(random, former, language) } }
}

/** One person's homes: with their parents, at times on their own, then where they live now. */
export const homesFor = (
  random: Random,
  {
    ground,
    birthYear,
    language,
    dwelling,
    parental,
  }: {
    ground: Ground
    birthYear: number
    language: Language
    dwelling: Dwelling
    /** Where the parents live, if they are known. */
    parental?: Address
  },
): History<Address> => {
  const from = dwelling.before?.from ?? dwelling.since
  const leaves = birthYear + random.int(19, 29)
  return [
    { from: birthYear, value: parental ?? drawAddress(random, drawPlace(random, ground), language) },
    ...(leaves < from ? [{ from: leaves, value: drawAddress(random, drawPlace(random, ground), language) }] : []),
    ...(dwelling.before ? [dwelling.before] : []),
    { from: dwelling.since, value: dwelling.address },
  ].filter(({ from: year }, index, all) => index === all.length - 1 || year < dwelling.since)
}
