import { drawLines } from '#examples/customer-data/draw-lines.ts'
import type { CustomerLine } from '#examples/customer-data/records/to-line.ts'
import { readIdentity } from '#src/evaluation/identity-line.ts'
import { createLevelCounts, DRIFTED, measureLevelDrift } from '#src/linking/level-drift.ts'
import type { Claimed } from '#src/linking/match-identity.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import { importLines } from '#test/support/import-lines.ts'
import { type Linking, NOW, openLinking, verified } from './support.ts'

const RECORDS = 1500

const lines: CustomerLine[] = []
const people: Claimed[] = []
for (const { file, line } of drawLines({ seed: 31, level: 'medium', records: RECORDS })) {
  if (file === 'customers') lines.push(line)
  if (file !== 'identities') continue
  const read = readIdentity(line)
  if ('value' in read) people.push(read.value)
}

let linking: Linking
afterEach(() => linking.close())

/** What is told after everybody has logged in. */
const driftAfter = async (records: readonly CustomerLine[]) => {
  linking = await openLinking([])
  await importLines(linking.store, records)
  for (const [at, { claims }] of people.entries()) {
    await linking.resolveLink(verified(claims, `subject-${at}`), { clientId: 'app' })
  }
  return measureLevelDrift(linking.store.audit, DEFAULT_MODEL, { since: NOW })
}

const fieldOf = ({ fields }: Awaited<ReturnType<typeof driftAfter>>, name: string) =>
  fields.find(({ field }) => field === name)

test('mailboxes that went stale on four records of five are told, and only they move so far', async () => {
  const before = await driftAfter(lines)
  expect(before.decisions).toBe(people.length)
  await linking.close()
  const isStale = ({ emails }: CustomerLine, at: number): boolean =>
    at % 5 > 0 && Array.isArray(emails) && emails.length > 0
  const stale = lines.map((line, at) => (isStale(line, at) ? { ...line, emails: [`former.${at}@example.net`] } : line))
  const after = await driftAfter(stale)
  const moved = (name: string): number => (fieldOf(after, name)?.drift ?? 0) - (fieldOf(before, name)?.drift ?? 0)

  expect(fieldOf(before, 'email')?.drift).toBeLessThan(DRIFTED)
  const { expected, seen, level } = fieldOf(after, 'email') ?? { expected: 0, seen: 1, level: '' }
  expect([level, seen < expected / 2]).toEqual(['exact', true])
  expect(fieldOf(after, 'email')?.drift).toBeGreaterThan(DRIFTED)
  for (const name of ['firstName', 'familyName', 'birthDate', 'mobile', 'address']) {
    expect(Math.abs(moved(name))).toBeLessThan(0.1)
  }
}, 120_000)

test('decisions of another model, and of before, are not counted', async () => {
  await driftAfter(lines.slice(0, 300))
  const { audit } = linking.store
  expect(await measureLevelDrift(audit, { ...DEFAULT_MODEL, version: 'other' }, { since: NOW })).toEqual({
    decisions: 0,
    fields: [],
  })
  expect((await measureLevelDrift(audit, DEFAULT_MODEL, { since: NOW + 1 })).decisions).toBe(0)
}, 120_000)

test('decisions that were only recorded are no part of the drift, and are measured apart', async () => {
  linking = await openLinking([])
  await importLines(linking.store, lines.slice(0, 300))
  const of = (kind?: 'shadow') =>
    measureLevelDrift(linking.store.audit, DEFAULT_MODEL, { since: NOW, ...(kind && { kind }) })
  // The first few come again and again while the app is in shadow.
  for (let login = 0; login < 200; login += 1) {
    const { claims } = people[login % 4] as Claimed
    await linking.resolveLink(verified(claims, `subject-${login % 4}`), { clientId: 'app', linking: 'shadow' })
  }
  expect(await of()).toEqual({ decisions: 0, fields: [] })
  expect((await of('shadow')).decisions).toBe(200)
  await linking.resolveLink(verified((people[0] as Claimed).claims, 'subject-0'), { clientId: 'app' })
  expect((await of()).decisions).toBe(1)
  expect((await of('shadow')).decisions).toBe(200)
}, 120_000)

test('a record counts by the probability that it is the person’s own, in the levels that say something', async () => {
  linking = await openLinking([])
  const counts = createLevelCounts(DEFAULT_MODEL)
  const weights = { own: 1, stranger: 1, household: 1, twin: 1, junior: 1 }
  const one = (level: string, wrong: number, more: object = {}) => ({
    serviceLine: 'tv',
    customerId: 'x',
    verdict: 'offered',
    own: 1,
    wrong,
    rivals: {},
    runnerUp: 'twin',
    margin: 1,
    possessions: 0,
    ties: 0,
    fields: [{ field: 'mobile', level, ...weights }],
    ...more,
  })
  for (let at = 0; at < 300; at += 1) {
    const records = [
      one('exact', 0),
      one('differ', 0.5),
      one('generic', 0),
      one('exact', 1),
      one('exact', 0, { ties: 1 }),
    ]
    counts.add({ records } as never)
  }
  const { own } = DEFAULT_MODEL.weights.mobile.exact
  const total = own + DEFAULT_MODEL.weights.mobile.slip.own + DEFAULT_MODEL.weights.mobile.differ.own
  const [mobile] = counts.drifts()
  expect(mobile).toMatchObject({ field: 'mobile', records: 450 })
  const shares = { exact: [own / total, 2 / 3], differ: [(1 - own) / total, 1 / 3] } as Record<string, number[]>
  expect(shares[mobile?.level ?? '']?.[0] ?? mobile?.expected).toBeCloseTo(mobile?.expected ?? 0, 10)
  expect(mobile?.drift).toBeGreaterThan(0)
})
