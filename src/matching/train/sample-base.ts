import type { ComparablePerson } from '#src/kernel/customer.ts'

/** Records of one house, or born on one day under one surname: all that the base holds of such a group. */
export type Group = readonly ComparablePerson[]

/** Groups, one in memory at a time, as often as they are asked for. */
export type Groups = Iterable<Group> & { readonly size: number }

/** What training looks at of a customer base. */
export type BaseSample = {
  /** Records read. */
  readonly records: number
  /** Whole houses. */
  readonly houses: Groups
  /** Whole groups of one birth date and surname. */
  readonly birthGroups: Groups
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
 * A person as read, with whatever names the record. As text it is a quarter of what the same objects take, and nothing that
 * the collector of garbage must walk through.
 */
type Kept = { readonly at: number; readonly key: string; readonly text: string }

const open = ({ text }: Kept): ComparablePerson => JSON.parse(text) as ComparablePerson

/**
 * Keeps whole groups in bounded memory: of more and more groups only those whose hash lies under a limit, which is
 * halved whenever too many records are kept. What is left is a fair share of all groups, whatever their order.
 */
const createGroups = (
  keyOf: (person: ComparablePerson) => string | undefined,
  { mostRecords, limit: first }: { mostRecords: number; limit: number },
) => {
  const groups = new Map<string, Kept[]>()
  let limit = first
  let count = 0

  const halve = (): void => {
    limit = Math.floor(limit / 2)
    for (const [key, people] of groups) {
      if (hashOf(key) <= limit) continue
      groups.delete(key)
      count -= people.length
    }
  }

  return {
    /** The group of a person who is to be kept. */
    groupOf: (person: ComparablePerson): string | undefined => {
      const key = keyOf(person)
      return key === undefined || hashOf(key) > limit ? undefined : key
    },
    add: (key: string | undefined, one: Kept): void => {
      if (key === undefined) return
      const people = groups.get(key)
      if (people === undefined) groups.set(key, [one])
      else people.push(one)
      count += 1
      while (count > mostRecords) halve()
    },
    limit: () => limit,
    kept: (): readonly Kept[] => [...groups.values()].flat(),
    all: (): Groups => ({
      size: groups.size,
      *[Symbol.iterator]() {
        for (const people of groups.values()) yield people.map(open)
      },
    }),
  }
}

/** Records kept of each kind of group: enough for rates of one in ten thousand. */
const MOST_RECORDS = 120_000
const ALL = 0xffffffff

/** Where a sampling that goes on later begins: records read so far, and up to which hash groups are kept. */
export type SampleState = { readonly records: number; readonly houses: number; readonly births: number }

const FROM_THE_START: SampleState = { records: 0, houses: ALL, births: ALL }

/**
 * Samples a whole customer base, a record at a time: whole houses and whole birth groups, some 100 MB, however large the
 * base. To go on with one that was left, give its state, `restore` the records it kept in their order, and `add` the others:
 * that comes to the same sample.
 */
export const createBaseSampler = ({
  mostRecords = MOST_RECORDS,
  state = FROM_THE_START,
}: {
  readonly mostRecords?: number
  readonly state?: SampleState
} = {}) => {
  const houses = createGroups(houseOf, { mostRecords, limit: state.houses })
  const births = createGroups(birthGroupOf, { mostRecords, limit: state.births })
  let { records } = state
  let at = 0
  const keep = (key: string, person: ComparablePerson): void => {
    at += 1
    const [house, birthGroup] = [houses.groupOf(person), births.groupOf(person)]
    if (house === undefined && birthGroup === undefined) return
    const one = { at, key, text: JSON.stringify(person) }
    houses.add(house, one)
    births.add(birthGroup, one)
  }
  return {
    restore: keep,
    add: (key: string, person: ComparablePerson): void => {
      records += 1
      keep(key, person)
    },
    state: (): SampleState => ({ records, houses: houses.limit(), births: births.limit() }),
    /** The keys of the records kept, in the order they came. */
    kept: (): readonly string[] => {
      const all = new Map([...houses.kept(), ...births.kept()].map(one => [one.at, one.key]))
      return [...all].sort(([a], [b]) => a - b).map(([, key]) => key)
    },
    sample: (): BaseSample => ({ records, houses: houses.all(), birthGroups: births.all() }),
  }
}

export type BaseSampler = ReturnType<typeof createBaseSampler>
