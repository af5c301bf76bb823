import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { drawRecords, generateCustomers } from '#examples/customer-data/generate.ts'
import { recordForm } from '#src/cli/offline.ts'
import { parseLine } from '#src/customers/snapshot/parse-line.ts'
import { type ComparablePerson, type CustomerRecord, SERVICE_LINES } from '#src/kernel/customer.ts'

const GENERATE = join(import.meta.dirname, '..', '..', 'examples', 'customer-data', 'generate.ts')
const COUNT = 6000

type Drawn = { readonly record: CustomerRecord; readonly person: ComparablePerson; readonly holderId: string }

/** What PIAS makes of the first records of a seed. */
const drawSample = (seed: number): readonly Drawn[] => {
  const sample: Drawn[] = []
  for (const { line, holderId } of drawRecords(seed)) {
    const parsed = parseLine(JSON.stringify(line))
    if (parsed.kind !== 'record') throw new Error(`line ${sample.length + 1}: ${parsed.fault.reason}`)
    sample.push({ record: parsed.record, person: recordForm.toComparablePerson(parsed.record), holderId })
    if (sample.length === COUNT) break
  }
  return sample
}

const digestOf = (seed: number, customers: number): string => {
  const hash = createHash('sha256')
  for (const line of generateCustomers({ seed, customers })) hash.update(`${JSON.stringify(line)}\n`)
  return hash.digest('hex')
}

describe('generateCustomers', () => {
  test('the same seed gives the same bytes, another one others', () => {
    expect(digestOf(4, 2000)).toBe(digestOf(4, 2000))
    expect(digestOf(4, 2000)).not.toBe(digestOf(5, 2000))
  })

  test('a shorter run is the beginning of a longer one', () => {
    const long = [...generateCustomers({ seed: 4, customers: 300 })]
    expect([...generateCustomers({ seed: 4, customers: 100 })]).toEqual(long.slice(0, 100))
  })

  test('comes to the number asked for, each customer number once', () => {
    const ids = [...generateCustomers({ seed: 4, customers: COUNT })].map(line => line.customerId)
    expect(ids).toHaveLength(COUNT)
    expect(new Set(ids).size).toBe(COUNT)
  })

  test('the personas come whole, however few records are asked for', () => {
    const personas = [...generateCustomers({ seed: 4, customers: 0 })]
    expect(personas.map(line => line.customerId)).toEqual(expect.arrayContaining(['MOB-100001', 'INT-200001']))
    expect(personas.length).toBeLessThan(50)
  })

  test('as a command: JSON lines on standard output', async () => {
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, [GENERATE, '--seed', '7', '--customers', '60'])
    const expected = [...generateCustomers({ seed: 7, customers: 60 })].map(line => `${JSON.stringify(line)}\n`)
    expect(stdout).toBe(expected.join(''))
    await expect(run(process.execPath, [GENERATE, '--seed', 'x'])).rejects.toMatchObject({
      code: 1,
      stderr: 'generate: --seed must be a whole number\n',
    })
  })
})

describe.each([1, 2])('the population of seed %d', seed => {
  const sample = drawSample(seed)
  const share = (holds: (drawn: Drawn) => unknown): number => sample.filter(holds).length / COUNT

  test.each<[string, (drawn: Drawn) => unknown, number, number]>([
    ['a birth date', ({ person }) => person.birthDate, 0.82, 0.92],
    ['only the year of birth', ({ person }) => person.birthYearOnly, 0.01, 0.05],
    ['an e-mail address', ({ person }) => person.emails.length > 0, 0.6, 0.8],
    ['a mobile', ({ person }) => person.mobiles.length > 0, 0.72, 0.9],
    ['a phone', ({ person }) => person.mobiles.length + person.landlines.length > 0, 0.88, 0.97],
    ['an address', ({ person }) => person.addresses.length > 0, 0.96, 1],
    ['a former address', ({ record }) => record.formerAddresses.length > 0, 0.05, 0.3],
    ['a national number', ({ record }) => record.nationalNumber, 0.05, 0.09],
    ['an initial for a name', ({ person }) => person.firstNames[0]?.length === 1, 0.02, 0.09],
    ['no first name', ({ record }) => record.firstName === undefined, 0.002, 0.03],
    ['a company', ({ record }) => record.companyName, 0.02, 0.08],
    ['a dealer for a contact', ({ record }) => record.emails.some(email => /@dealers\./i.test(email)), 0.01, 0.05],
    ['a person who died', ({ record }) => record.status === 'deceased', 0.002, 0.03],
    ['an address in Brussels', ({ record }) => /^(B-)?1[01]/.test(record.address?.postalCode ?? ''), 0.08, 0.25],
  ])('records with %s', (_, holds, least, most) => {
    const found = share(holds)
    expect(found).toBeGreaterThan(least)
    expect(found).toBeLessThan(most)
  })

  test('each service line has its part', () => {
    for (const line of SERVICE_LINES) expect(share(({ record }) => record.serviceLine === line)).toBeGreaterThan(0.1)
  })

  test('a person has one to a few records', () => {
    const counts = new Map<string, number>()
    for (const { holderId } of sample) counts.set(holderId, (counts.get(holderId) ?? 0) + 1)
    const several = [...counts.values()].filter(count => count > 1).length / counts.size
    expect(several).toBeGreaterThan(0.4)
    expect(several).toBeLessThan(0.75)
    expect(Math.max(...counts.values())).toBeLessThan(12)
  })

  test('contacts are shared: between people of one home, and by a dealer with many', () => {
    const holders = new Map<string, Set<string>>()
    for (const { person, holderId } of sample) {
      for (const contact of [...person.emails, ...person.mobiles]) {
        holders.set(contact, (holders.get(contact) ?? new Set()).add(holderId))
      }
    }
    const shared = [...holders.values()].filter(people => people.size > 1)
    expect(shared.length / holders.size).toBeGreaterThan(0.05)
    expect(shared.length / holders.size).toBeLessThan(0.3)
    expect(Math.max(...shared.map(people => people.size))).toBeGreaterThan(5)
  })

  test('twins, and parents with a child of their name, are there', () => {
    const byHome = new Map<string, Drawn[]>()
    for (const drawn of sample) {
      const home = drawn.holderId.split('.', 1)[0] ?? ''
      byHome.set(home, [...(byHome.get(home) ?? []), drawn])
    }
    const pairs = [...byHome.values()].flatMap(home =>
      home.flatMap(a => home.filter(b => a.holderId < b.holderId).map(b => [a.person, b.person] as const)),
    )
    const sameName = pairs.filter(([a, b]) => a.familyName === b.familyName && a.birthDate && b.birthDate)
    const firstNamesAgree = ([a, b]: (typeof pairs)[number]) => a.firstNames[0] === b.firstNames[0]
    expect(sameName.filter(([a, b]) => a.birthDate === b.birthDate && !firstNamesAgree([a, b])).length).toBeGreaterThan(
      3,
    )
    expect(sameName.filter(([a, b]) => a.birthDate !== b.birthDate && firstNamesAgree([a, b])).length).toBeGreaterThan(
      3,
    )
  })

  test('nobody real can be reached: every e-mail address is of a reserved domain', () => {
    const domains = sample
      .flatMap(({ record }) => record.emails)
      .flatMap(email => email.toLowerCase().split('@').slice(1))
    const real = domains.filter(domain => !/(^|\.)example\.(com|net|org)$/.test(domain) && domain.includes('.'))
    expect(domains.length).toBeGreaterThan(COUNT / 2)
    expect(real).toEqual([])
  })
})
