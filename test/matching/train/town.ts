import { type CustomerRecord, customerKeyOf } from '#src/kernel/customer.ts'
import { toComparablePerson } from '#src/matching/normalise.ts'
import { type BaseSample, createBaseSampler } from '#src/matching/train/sample-base.ts'

/** A seeded source of numbers in [0, 1): mulberry32. */
const createRandom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

/** What is true of a town, each as a share of its houses or records. */
export const TRUTH = {
  juniors: 0.05,
  twins: 0.04,
  sharedEmail: 0.2,
  mobileOnRecord: 0.8,
  birthDateMissing: 0.1,
  mixedUp: 0.02,
}

const MEN = ['Jan', 'Luc', 'Marc', 'Tom', 'Koen', 'Bart', 'Dirk', 'Peter']
const WOMEN = ['An', 'Els', 'Rita', 'Sofie', 'Lotte', 'Hilde', 'Karin', 'Greet']
const two = (value: number): string => String(value).padStart(2, '0')

type Random = () => number
const digits = (random: Random): string => String(Math.floor(random() * 1e6)).padStart(6, '0')

type Kept = {
  readonly rest: Omit<CustomerRecord, 'serviceLine' | 'customerId' | 'phones'>
  readonly birthDate: string
  readonly mobile: string
}

/** The two records of a person, each with its own gaps. */
const drawTwo = (random: Random, { rest, birthDate, mobile }: Kept, serial: number): readonly CustomerRecord[] =>
  (['mobile', 'internet'] as const).map((serviceLine, at) => ({
    ...rest,
    serviceLine,
    customerId: `${serial + at}`,
    ...(random() >= TRUTH.birthDateMissing && { birthDate }),
    phones: [random() < TRUTH.mobileOnRecord ? mobile : `0480${digits(random)}`],
  }))

/**
 * The records of a synthetic town: in each house a couple with two records each; some have grown twins, some a son of
 * the father's name. Of two records of a person one may hold a former mobile.
 */
export const drawTown = (houses: number, seed = 1): readonly CustomerRecord[] => {
  const random = createRandom(seed)
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] as string
  const day = (year: number): string =>
    `${year}-${two(1 + Math.floor(random() * 12))}-${two(2 + Math.floor(random() * 26))}`
  const surname = (): string =>
    `${pick(['Van', 'De', 'Ver'])}${pick(['berg', 'dries', 'molen', 'poel'])}${Math.floor(random() * 400)
      .toString(36)
      .replaceAll(/\d/g, 'x')}en`
  const records: CustomerRecord[] = []
  const email = (): string => `m${digits(random)}${records.length}@example.com`

  for (let house = 0; house < houses; house += 1) {
    const address = {
      street: `Straat${house}laan`,
      number: '7',
      postalCode: `${1000 + (house % 9000)}`,
      locality: 'Dorp',
    }
    const [hisName, herName] = [surname(), surname()]
    const family = email()
    const shares = random() < TRUTH.sharedEmail
    const people = [
      { first: pick(MEN), last: hisName, born: day(1960) },
      { first: pick(WOMEN), last: herName, born: day(1962) },
    ]
    const [father] = people as [(typeof people)[0]]
    if (random() < TRUTH.juniors) people.push({ ...father, born: day(1990) })
    if (random() < TRUTH.twins) {
      const born = day(1992)
      people.push({ first: 'Wout', last: hisName, born }, { first: 'Senne', last: hisName, born })
    }
    for (const [at, { first, last, born }] of people.entries()) {
      const mail = shares && at < 2 ? family : email()
      const birthDate = at === 1 && random() < TRUTH.mixedUp ? father.born : born
      const rest = {
        firstName: first,
        lastName: last,
        emails: [mail],
        address,
        formerAddresses: [],
        invoiceReferences: [],
      }
      records.push(...drawTwo(random, { rest, birthDate, mobile: `0470${digits(random)}` }, records.length))
    }
  }
  return records
}

/** The sample that training takes of a base of these records. */
export const sampleOf = (records: readonly CustomerRecord[], mostRecords?: number): BaseSample => {
  const sampler = createBaseSampler(mostRecords === undefined ? {} : { mostRecords })
  for (const record of records) sampler.add(customerKeyOf(record), toComparablePerson(record))
  return sampler.sample()
}
