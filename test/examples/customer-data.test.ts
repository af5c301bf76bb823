import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DrawnLine, type DrawOptions, drawLines, generateCustomers } from '#examples/customer-data/draw-lines.ts'
import type { IdentityLine } from '#examples/customer-data/identities/to-identity.ts'
import { drawWorld, type LabelledIdentity, type Level } from '#examples/customer-data/world.ts'
import { parseLine } from '#src/customers/lines/parse-line.ts'
import { readIdentity } from '#src/evaluation/identity-line.ts'
import { type ComparablePerson, type CustomerRecord, SERVICE_LINES } from '#src/kernel/customer.ts'
import { recordForm } from '#test/support/record-form.ts'

const GENERATE = join(import.meta.dirname, '..', '..', 'examples', 'customer-data', 'generate.ts')
const COUNT = 6000

type Drawn = { readonly record: CustomerRecord; readonly person: ComparablePerson; readonly holderId: string }
type Sample = { readonly drawn: readonly Drawn[]; readonly identities: readonly LabelledIdentity[] }

/** What PIAS makes of the first records of a seed, and who would log in. */
const drawSample = (seed: number, level: Level = 'medium'): Sample => {
  const drawn: Drawn[] = []
  const identities: LabelledIdentity[] = []
  for (const family of drawWorld({ seed, level })) {
    for (const { line, holderId } of family.records) {
      const parsed = parseLine(JSON.stringify(line))
      if (parsed.kind !== 'record') throw new Error(`${line.customerId}: ${JSON.stringify(parsed)}`)
      drawn.push({ record: parsed.record, person: recordForm.toComparablePerson(parsed.record), holderId })
    }
    identities.push(...family.identities)
    if (drawn.length >= COUNT) break
  }
  return { drawn, identities }
}

const digestOf = (options: DrawOptions): string => {
  const hash = createHash('sha256')
  for (const line of drawLines(options)) hash.update(`${JSON.stringify(line)}\n`)
  return hash.digest('hex')
}

const linesOf = <F extends DrawnLine['file']>(
  file: F,
  options: DrawOptions,
): Extract<DrawnLine, { file: F }>['line'][] =>
  [...drawLines(options)].filter(one => one.file === file).map(({ line }) => line as never)

describe('drawLines', () => {
  const options = { seed: 4, level: 'medium', records: 2000 } as const

  test('the same seed gives the same bytes, another one others', () => {
    expect(digestOf(options)).toBe(digestOf(options))
    expect(digestOf(options)).not.toBe(digestOf({ ...options, seed: 5 }))
  })

  test('on hostile ground namesakes and twins are several times as frequent', () => {
    const shareOf = (trait: string, ground: 'usual' | 'hostile'): number => {
      const truths = linesOf('truth', { ...options, records: 6000, ground })
      return truths.filter(({ classes }) => classes.includes(trait)).length / truths.length
    }
    for (const trait of ['junior', 'twin'])
      expect(shareOf(trait, 'hostile')).toBeGreaterThan(2 * shareOf(trait, 'usual'))
  })

  test('a shorter run is the beginning of a longer one', () => {
    const long = linesOf('customers', { ...options, records: 300 })
    expect(linesOf('customers', { ...options, records: 100 })).toEqual(long.slice(0, 100))
  })

  test('comes to the number asked for, each customer number once', () => {
    const ids = linesOf('customers', options).map(line => line.customerId)
    expect(ids).toHaveLength(2000)
    expect(new Set(ids).size).toBe(2000)
  })

  test("the truth names every identity once, and only records that are there, each as one person's", () => {
    const customers = new Set(linesOf('customers', options).map(line => line.customerId))
    const truths = linesOf('truth', options)
    const owned = truths.flatMap(({ customerIds }) => customerIds)
    expect(truths.map(({ identityId }) => identityId)).toEqual(
      linesOf('identities', options).map(({ identityId }) => identityId),
    )
    expect(owned.filter(id => !customers.has(id))).toEqual([])
    expect(new Set(owned).size).toBe(owned.length)
    expect(owned.length).toBeGreaterThan(500)
  })

  test('identities can be limited, and are then spread over the run', () => {
    const all = linesOf('identities', options).map(({ identityId }) => identityId)
    const few = linesOf('identities', { ...options, identities: 100 }).map(({ identityId }) => identityId)
    expect(few.length).toBeGreaterThan(80)
    expect(few.length).toBeLessThan(125)
    expect(all.indexOf(few.at(-1) ?? '')).toBeGreaterThan(0.9 * all.length)
  })

  test('the personas come whole and first, however few records are asked for', () => {
    const personas = [...generateCustomers({ seed: 4, customers: 0 })]
    expect(personas.map(line => line.customerId)).toEqual(expect.arrayContaining(['MOB-100001', 'INT-200001']))
    expect(personas.length).toBeLessThan(50)
    expect([...generateCustomers({ seed: 4, customers: 500 })].slice(0, personas.length)).toEqual(personas)
  })
})

describe('generate.ts as a command', () => {
  const run = promisify(execFile)
  let out: string

  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'customer-data-'))
  })

  afterEach(async () => {
    await rm(out, { recursive: true })
  })

  test('writes three files', async () => {
    await run(process.execPath, [GENERATE, '--seed', '7', '--records', '60', '--level', 'heavy', '--out', out])
    for (const file of ['customers', 'identities', 'truth'] as const) {
      const expected = linesOf(file, { seed: 7, level: 'heavy', records: 60 }).map(line => `${JSON.stringify(line)}\n`)
      expect(expected.length).toBeGreaterThan(10)
      expect(await readFile(join(out, `${file}.jsonl`), 'utf8')).toBe(expected.join(''))
    }
  })

  test.each([
    [['--seed', 'x', '--out', '.'], 'generate: --seed must be a whole number\n'],
    [['--level', 'extreme', '--out', '.'], 'generate: --level must be one of light, medium, heavy\n'],
    [[], 'generate: --out says which directory to write to\n'],
  ])('%j is refused', async (args, stderr) => {
    await expect(run(process.execPath, [GENERATE, ...args])).rejects.toMatchObject({ code: 1, stderr })
  })
})

describe.each([1, 2])('the population of seed %d', seed => {
  const { drawn: sample, identities } = drawSample(seed)
  const share = (holds: (drawn: Drawn) => unknown): number => sample.filter(holds).length / sample.length
  const shareOf = (holds: (identity: LabelledIdentity) => unknown): number =>
    identities.filter(holds).length / identities.length

  test.each<[string, (drawn: Drawn) => unknown, number, number]>([
    ['a birth date', ({ person }) => person.birthDate, 0.84, 0.9],
    ['only the year of birth', ({ person }) => person.birthYearOnly, 0.01, 0.05],
    ['an e-mail address', ({ person }) => person.emails.length > 0, 0.6, 0.72],
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

  test.each<[string, (identity: LabelledIdentity) => unknown, number, number]>([
    ['no record', ({ customerIds }) => customerIds.length === 0, 0.37, 0.48],
    ['an e-mail address', ({ line }) => line.email, 0.6, 0.8],
    ['no address', ({ line }) => !line.address, 0.015, 0.05],
    ['a national number', ({ line }) => line.national_number, 0.25, 0.34],
    ['several first names', ({ line }) => line.given_name.includes(' '), 0.6, 0.85],
    ['nothing special', ({ classes }) => classes.includes('plain'), 0.2, 0.45],
    ['a twin', ({ classes }) => classes.includes('twin'), 0.005, 0.03],
    ['a junior or senior', ({ classes }) => /junior|senior/.test(classes.join()), 0.003, 0.03],
    ['a move behind them', ({ classes }) => classes.includes('moved'), 0.1, 0.3],
    ["a phone on another's contract", ({ classes }) => classes.includes("on another's contract"), 0.03, 0.12],
    ["a number that was another's", ({ classes }) => classes.includes('recycled number'), 0.005, 0.04],
    ['a company', ({ classes }) => classes.includes('business'), 0.02, 0.1],
  ])('identities with %s', (_, holds, least, most) => {
    const found = shareOf(holds)
    expect(found).toBeGreaterThan(least)
    expect(found).toBeLessThan(most)
  })

  test('identities are such as itsme delivers: adults or nearly, with a Belgian mobile, each read as at a login', () => {
    const lines: readonly IdentityLine[] = identities.map(({ line }) => line)
    expect(lines.filter(line => !/^\+32 4\d{8}$/.test(line.phone_number))).toEqual([])
    expect(lines.filter(line => line.birthdate > '2010-12-31')).toEqual([])
    expect(lines.map(readIdentity).filter(read => 'reason' in read)).toEqual([])
  })

  test('nobody has the mobile or the national number of another', () => {
    const phones = identities.map(({ line }) => line.phone_number)
    const numbers = identities.flatMap(({ line }) => line.national_number ?? [])
    expect(new Set(phones).size).toBe(phones.length)
    expect(new Set(numbers).size).toBe(numbers.length)
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
    expect(Math.max(...counts.values())).toBeLessThan(15)
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
