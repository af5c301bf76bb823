import type { ComparablePerson } from '#src/kernel/customer.ts'

/** The parts of a record whose presence is counted. */
const PARTS = {
  'first name': ({ firstNames }) => firstNames.some(name => name.length > 1),
  'family name': ({ familyName }) => familyName !== undefined,
  'birth date': ({ birthDate, birthYearOnly }) => birthDate !== undefined && birthYearOnly !== true,
  'e-mail': ({ emails }) => emails.length > 0,
  mobile: ({ mobiles }) => mobiles.length > 0,
  landline: ({ landlines }) => landlines.length > 0,
  address: ({ addresses }) => addresses.length > 0,
} as const satisfies Record<string, (person: ComparablePerson) => boolean>

/** How many of some people have each part, and how many people there are. */
export type PresenceCounts = { readonly people: number; readonly parts: Readonly<Record<string, number>> }

/** Counts, one person after the other, on from what was counted before. */
export const createPresence = (before: PresenceCounts = { people: 0, parts: {} }) => {
  let { people } = before
  const parts: Record<string, number> = { ...before.parts }
  return {
    add: (person: ComparablePerson): void => {
      people += 1
      for (const [part, isThere] of Object.entries(PARTS)) parts[part] = (parts[part] ?? 0) + Number(isThere(person))
    },
    counts: (): PresenceCounts => ({ people, parts: { ...parts } }),
  }
}

/** Joins counts. */
export const addPresence = (a: PresenceCounts, b: PresenceCounts): PresenceCounts => ({
  people: a.people + b.people,
  parts: Object.fromEntries(Object.keys(PARTS).map(part => [part, (a.parts[part] ?? 0) + (b.parts[part] ?? 0)])),
})

/** The share of people who have each part. */
export const profileOf = ({ people, parts }: PresenceCounts): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(parts).map(([part, count]) => [part, people === 0 ? 0 : count / people]))

const FLOOR = 0.0001
const index = (expected: number, actual: number): number => {
  const [e, a] = [Math.max(FLOOR, expected), Math.max(FLOOR, actual)]
  return (a - e) * Math.log(a / e)
}

/**
 * How far records are from those a model was trained on: the population stability index of each part being there or
 * missing, the largest of them. Below 0.1 nothing to speak of, above 0.25 the model no longer fits
 * (Siddiqi, Credit Risk Scorecards, 2006).
 */
export const driftOf = (
  trained: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): { readonly drift: number; readonly part: string } => {
  const drifts = Object.entries(now).map(([part, share]) => {
    const expected = trained[part] ?? 0
    return { part, drift: index(expected, share) + index(1 - expected, 1 - share) }
  })
  return drifts.reduce((most, one) => (one.drift > most.drift ? one : most), { part: '', drift: 0 })
}
