import { httpSourceSchema } from '#src/customers/http/config.ts'
import { createHttpSource } from '#src/customers/http/http-source.ts'
import { joinSources } from '#src/customers/join-sources.ts'
import type { CustomerRecord, ServiceLine } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { createLookAtSources } from '#src/linking/look-at-sources.ts'
import { type AskedSystem, type Reply, startAskedSystem } from '#test/support/asked-system.ts'
import { recordForm } from '#test/support/record-form.ts'
import { LOTTE, lotteIn } from './people.ts'
import { type Linking, MATCHING, openLinking, verified } from './support.ts'

const CONTEXT = { clientId: 'app', attemptUid: 'attempt-1' }
const ACCOUNT = 'account-1' as AccountId
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const STRANGER: Partial<CustomerRecord> = {
  firstName: 'Karel',
  lastName: 'Wouters',
  birthDate: '1950-01-02',
  emails: ['karel@example.net'],
  phones: ['0499 00 11 22'],
  address: { street: 'Markt', number: '1', postalCode: '8000' },
}

const whole = (...records: readonly CustomerRecord[]): Reply => ({ body: { complete: true, records } })

let system: AskedSystem
let linking: Linking

/** The feed holds what is mobile; what is tv is asked of its own system. */
const open = async (deadlineMs = 20_000) => {
  system = await startAskedSystem(whole(lotteIn('tv')))
  const config = httpSourceSchema.parse({
    kind: 'http',
    id: 'tv-system',
    url: system.url,
    serviceLine: 'tv',
    send: 'claims',
    records: 1000,
    deadlineMs,
    cacheSeconds: 0,
    token: 'a-token-of-some-length',
  })
  const { toComparablePerson } = recordForm
  const http = createHttpSource({ config, toComparablePerson, clock: Date.now, logger: SILENT })
  linking = await openLinking([lotteIn('mobile')], { source: stored => joinSources([stored, http]) })
}
afterEach(async () => {
  await linking.close()
  await system.close()
})

const look = () => {
  const { store, source, clock } = linking
  const serviceLines = new Set<ServiceLine>(['tv'])
  return createLookAtSources({
    ...store,
    source,
    clock,
    serviceLines,
    mostAsked: 10,
    matching: MATCHING,
    logger: SILENT,
  })()
}
const NOTHING = { asked: 1, doubtful: 0, raised: 0, held: false }
const ONE = { ...NOTHING, doubtful: 1, raised: 1 }
const kinds = async () => (await linking.reviews()).map(({ kind, customer }) => [kind, customer?.customerId])
const linkedIds = async () => (await linking.store.accounts.customersOf(ACCOUNT)).map(({ customerId }) => customerId)

describe('a linked record of a system that is asked', () => {
  beforeEach(async () => {
    await open()
    expect(await linking.resolveLink(verified(LOTTE), CONTEXT)).toMatchObject({ kind: 'linked' })
    expect(await linkedIds()).toEqual(['L-mobile', 'L-tv'])
    system.questions.length = 0
  })
  afterEach(async () => expect(await linkedIds()).toEqual(['L-mobile', 'L-tv']))

  test('that is as it was raises nothing, and nothing is told of the person', async () => {
    expect(await look()).toEqual(NOTHING)
    expect(system.questions.map(({ body }) => body)).toEqual([{ customerId: 'L-tv', serviceLine: 'tv' }])
    expect(await linking.reviews()).toEqual([])
  })

  test('that is gone raises a review, once, and never again where people kept the link', async () => {
    system.answer(whole())
    expect(await look()).toEqual(ONE)
    expect(await kinds()).toEqual([['record-withdrawn', 'L-tv']])
    expect(await look()).toEqual({ ...ONE, raised: 0 })
    const [review] = await linking.reviews()
    const closing = { at: linking.clock(), by: 'somebody', outcome: 'kept' as const, events: [] }
    await linking.store.reviews.close({ ...closing, id: review?.id ?? '', raisedAt: review?.raisedAt ?? 0 })
    expect(await look()).toEqual(NOTHING)
  })

  test('that names somebody else raises a review without a value of it; another one later does once more', async () => {
    system.answer(whole(lotteIn('tv', STRANGER)))
    expect(await look()).toEqual(ONE)
    const [review] = await linking.reviews()
    expect(review).toMatchObject({
      kind: 'record-changed',
      accountId: ACCOUNT,
      customer: { serviceLine: 'tv', customerId: 'L-tv' },
      data: { method: 'match', explanation: { verdict: 'passed-over' } },
    })
    expect(JSON.stringify(review)).not.toMatch(/karel|wouters|1950|markt|lotte/i)
    const closing = { at: linking.clock(), by: 'somebody', outcome: 'undecided' as const, events: [] }
    await linking.store.reviews.close({ ...closing, id: review?.id ?? '', raisedAt: review?.raisedAt ?? 0 })
    expect(await look()).toEqual(NOTHING)
    system.answer(whole(lotteIn('tv', { ...STRANGER, birthDate: '1988-03-14' })))
    expect(await look()).toEqual(ONE)
  })

  test.each<[string, Partial<CustomerRecord>]>([
    ['moved', { address: { street: 'Dorp', number: '7', postalCode: '2000' } }],
    ['has another phone and e-mail', { phones: ['09 222 33 44'], emails: ['other@example.net'] }],
  ])('whose holder %s raises none', async (_, change) => {
    system.answer(whole(lotteIn('tv', change)))
    expect(await look()).toEqual(NOTHING)
  })

  test.each<[string, Reply]>([
    ['in part', { body: { complete: false, records: [] } }],
    ['with what cannot be read', { body: { complete: true, records: [{ customerId: 'L-tv' }] } }],
    ['with an error', { status: 500, body: { complete: true, records: [] } }],
    ['half', 'half'],
    ['by hanging up', 'hang-up'],
  ])('is not doubted where the system answers %s', async (_, reply) => {
    system.answer(reply)
    expect(await look()).toEqual(NOTHING)
    expect(await linking.reviews()).toEqual([])
  })

  test('that an admin gave the account is doubted only when it is gone', async () => {
    const { accounts } = linking.store
    const given = {
      serviceLine: 'tv',
      customerId: 'L-given',
      method: 'admin',
      ruleVersion: 'r',
      evidence: null,
    } as const
    await accounts.open({
      account: { id: 'account-0' as AccountId, createdAt: 1, updatedAt: 1, claims: LOTTE },
      identity: verified(LOTTE, 'subject-0').key,
      customers: [given],
      events: [],
    })
    system.answer(whole(lotteIn('tv'), lotteIn('tv', { ...STRANGER, customerId: 'L-given' })))
    expect(await look()).toEqual({ ...NOTHING, asked: 2 })
    system.answer(whole(lotteIn('tv')))
    expect(await look()).toEqual({ ...ONE, asked: 2 })
  })
})

test('an answer that comes too late says nothing', async () => {
  await open(150)
  await linking.store.accounts.open({
    account: { id: ACCOUNT, createdAt: 1, updatedAt: 1, claims: LOTTE },
    identity: verified(LOTTE).key,
    customers: [{ serviceLine: 'tv', customerId: 'L-tv', method: 'match', ruleVersion: 'r', evidence: null }],
    events: [],
  })
  system.answer({ body: { complete: true, records: [] }, afterMs: 400 })
  expect(await look()).toEqual(NOTHING)
})

describe('many linked records', () => {
  const MANY = Array.from({ length: 12 }, (_, at) => lotteIn('tv', { customerId: `T-${at}` }))

  beforeEach(async () => {
    await open()
    for (const [at, { serviceLine, customerId }] of MANY.entries()) {
      const link = { method: 'match', ruleVersion: 'r', evidence: null } as const
      await linking.store.accounts.open({
        account: { id: `account-${1000 + at}` as AccountId, createdAt: 1, updatedAt: 1, claims: LOTTE },
        identity: verified(LOTTE, `subject-${at}`).key,
        customers: [{ serviceLine, customerId, ...link }],
        events: [],
      })
    }
  })

  test('are gone through some at a time, each in its turn, whoever looks', async () => {
    system.answer(whole(...MANY))
    expect([await look(), await look(), await look()].map(({ asked }) => asked)).toEqual([10, 2, 10])
    const ids = new Set(system.questions.map(({ body }) => body.customerId))
    expect(ids.size).toBe(MANY.length)
  })

  test('that are all gone at once are not believed', async () => {
    system.answer(whole())
    expect(await look()).toEqual({ asked: 10, doubtful: 10, raised: 0, held: true })
    expect(await linking.reviews()).toEqual([])
  })

  test('of which a few are gone raise reviews of these', async () => {
    system.answer(whole(...MANY.slice(4)))
    expect(await look()).toEqual({ asked: 10, doubtful: 4, raised: 4, held: false })
  })
})
