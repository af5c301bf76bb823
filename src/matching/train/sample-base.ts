import type { ComparablePerson } from '#src/kernel/customer.ts'

/** Records of one house, or born on one day under one surname: all that the base holds of such a group. */
export type Group = readonly ComparablePerson[]

/** What training looks at of a customer base. */
export type BaseSample = {
  /** Records read. */
  readonly records: number
  /** Whole houses. */
  readonly houses: readonly Group[]
  /** Whole groups of one birth date and surname. */
  readonly birthGroups: readonly Group[]
}

/** FNV-1a, 32 bits: spreads keys evenly, so that a share of the hashes is a share of the groups. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

const houseOf = ({ addresses: [address] }: ComparablePerson): string | undefined =>
  address?.postalCode === undefined || address.number === undefined || address.street === undefined
    ? undefined
    : `${address.postalCode}:${address.number}:${address.box ?? ''}:${address.street}`

const birthGroupOf = ({ birthDate, familyName, birthYearOnly }: ComparablePerson): string | undefined =>
  birthDate === undefined || familyName === undefined || birthYearOnly === true
    ? undefined
    : `${birthDate}:${familyName}`

/**
 * Keeps whole groups in bounded memory: of more and more groups only those whose hash lies under a limit, which is
 * halved whenever too many records are kept. What is left is a fair share of all groups, whatever their order.
 */
const createGroups = (keyOf: (person: ComparablePerson) => string | undefined, mostRecords: number) => {
  const groups = new Map<string, ComparablePerson[]>()
  let limit = 0xffffffff
  let kept = 0

  const halve = (): void => {
    limit = Math.floor(limit / 2)
    for (const [key, people] of groups) {
      if (hashOf(key) <= limit) continue
      groups.delete(key)
      kept -= people.length
    }
  }

  return {
    add: (person: ComparablePerson): void => {
      const key = keyOf(person)
      if (key === undefined || hashOf(key) > limit) return
      const people = groups.get(key)
      if (people === undefined) groups.set(key, [person])
      else people.push(person)
      kept += 1
      while (kept > mostRecords) halve()
    },
    all: (): readonly Group[] => [...groups.values()],
  }
}

/** Records kept of each kind of group: enough for rates of one in ten thousand. */
const MOST_RECORDS = 120_000

/**
 * Reads a whole customer base, a record at a time, and keeps a sample of whole houses and of whole birth groups: some
 * 150 MB, however large the base.
 */
export const sampleBase = async (
  people: AsyncIterable<ComparablePerson>,
  mostRecords = MOST_RECORDS,
): Promise<BaseSample> => {
  const houses = createGroups(houseOf, mostRecords)
  const births = createGroups(birthGroupOf, mostRecords)
  let records = 0
  for await (const person of people) {
    records += 1
    houses.add(person)
    births.add(person)
  }
  return { records, houses: houses.all(), birthGroups: births.all() }
}
