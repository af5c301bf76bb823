import { httpSourceSchema } from '#src/customers/http/config.ts'
import { createHttpSource } from '#src/customers/http/http-source.ts'
import { joinSources } from '#src/customers/join-sources.ts'
import type { CustomerRecord, ServiceLine } from '#src/kernel/customer.ts'
import type { AccountClaims, AccountId } from '#src/kernel/identity.ts'
import { createLookAtSources, type LookAtSourcesDeps } from '#src/linking/look-at-sources.ts'
import type { CustomerLink } from '#src/store/ports/accounts.ts'
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

const look = (more: Partial<LookAtSourcesDeps> = {}, stopping?: AbortSignal) => {
  const { store, source, clock } = linking
  const serviceLines = new Set<ServiceLine>(['tv'])
  const deps = { ...store, source, clock, serviceLines, mostAsked: 10, matching: MATCHING, logger: SILENT, ...more }
  return createLookAtSources(deps)(stopping)
}
const NOTHING = { asked: 1, doubtful: 0, raised: 0, held: [] }
const ONE = { ...NOTHING, doubtful: 1, raised: 1 }
const kinds = async () => (await linking.reviews()).map(({ kind, customer }) => [kind, customer?.customerId])

const openAccount = (at: number, customers: readonly CustomerLink[], claims: AccountClaims = LOTTE) =>
  linking.store.accounts.open({
    account: { id: `account-${1000 + at}` as AccountId, createdAt: 1, updatedAt: 1, claims },
    identity: verified(LOTTE, `subject-${1000 + at}`).key,
    customers,
    events: [],
  })
const linkTo = (customerId: string, more: Partial<CustomerLink> = {}): CustomerLink => ({
  ...({ serviceLine: 'tv', customerId, method: 'match', ruleVersion: 'r', evidence: null } as const),
  ...more,
})
/** Records that one account each has, in their order. */
const openWith = async (count: number) => {
  const records = Array.from({ length: count }, (_, at) => lotteIn('tv', { customerId: `T-${at}` }))
  for (const [at, { customerId }] of records.entries()) await openAccount(at, [linkTo(customerId)])
  return records
}
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
    expect(await look()).toEqual(NOTHING)
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
  beforeEach(() => open())

  test('are gone through some at a time, each in its turn, whoever looks', async () => {
    system.answer(whole(...(await openWith(12))))
    expect([await look(), await look(), await look()].map(({ asked }) => asked)).toEqual([10, 2, 10])
    const ids = new Set(system.questions.map(({ body }) => body.customerId))
    expect(ids.size).toBe(12)
  })

  test('that are all gone at once are not believed, however few of them a run asks for', async () => {
    await openWith(12)
    system.answer(whole())
    expect(await look()).toEqual({ asked: 10, doubtful: 10, raised: 0, held: [] })
    expect((await look()).held).toEqual([{ serviceLine: 'tv', asked: 12, doubtful: 12 }])
    for (let run = 0; run < 6; run += 1) await look({ mostAsked: 3 })
    expect(await linking.reviews()).toEqual([])
  })

  test('of which a few are gone raise reviews of these, once all were asked for', async () => {
    const records = await openWith(12)
    system.answer(whole(...records.slice(4)))
    expect(await look()).toEqual({ asked: 10, doubtful: 4, raised: 0, held: [] })
    expect(await look()).toEqual({ asked: 2, doubtful: 0, raised: 4, held: [] })
  })

  test('of which those are back that were gone raise none', async () => {
    const records = await openWith(12)
    system.answer(whole(...records.slice(4)))
    await look()
    system.answer(whole(...records))
    expect(await look()).toEqual({ asked: 2, doubtful: 0, raised: 0, held: [] })
    expect(await linking.reviews()).toEqual([])
  })

  test('are judged by their own service line: what others have in plenty makes up for nothing', async () => {
    await openWith(7)
    const mobile = Array.from({ length: 80 }, (_, at) => lotteIn('mobile', { customerId: `M-${at}` }))
    await linking.add(mobile)
    const links = mobile.map(({ customerId }) => linkTo(customerId, { serviceLine: 'mobile', method: 'admin' }))
    await openAccount(100, links)
    system.answer(whole())
    const found = await look({ serviceLines: new Set<ServiceLine>(['mobile', 'tv']), mostAsked: 100 })
    expect(found).toEqual({ asked: 87, doubtful: 7, raised: 0, held: [{ serviceLine: 'tv', asked: 7, doubtful: 7 }] })
    expect(await linking.reviews()).toEqual([])
  })

  test('are judged by fifty or more, where there are so many: the last few of a round wait for the next', async () => {
    const records = await openWith(53)
    system.answer(whole(...records.slice(0, 50)))
    expect(await look({ mostAsked: 50 })).toEqual({ asked: 50, doubtful: 0, raised: 0, held: [] })
    expect(await look({ mostAsked: 50 })).toEqual({ asked: 3, doubtful: 3, raised: 0, held: [] })
    expect(await look({ mostAsked: 40 })).toEqual({ asked: 40, doubtful: 0, raised: 0, held: [] })
    expect(await look({ mostAsked: 40 })).toEqual({ asked: 13, doubtful: 3, raised: 3, held: [] })
  })

  test('that are back when the next round comes to them count as doubtful no more', async () => {
    const records = await openWith(57)
    system.answer(whole(...records.slice(0, 50)))
    await look({ mostAsked: 50 })
    expect(await look({ mostAsked: 50 })).toMatchObject({ asked: 7, doubtful: 7 })
    system.answer(whole(...records))
    expect(await look({ mostAsked: 100 })).toEqual({ asked: 57, doubtful: 0, raised: 0, held: [] })
  })

  test('of which some were not answered are judged after a round that was', async () => {
    await openWith(3)
    system.answer({ status: 500, body: {} })
    expect(await look()).toMatchObject({ asked: 1, doubtful: 0 })
    system.answer(whole())
    expect(await look()).toEqual({ asked: 2, doubtful: 2, raised: 0, held: [] })
    expect(await look()).toEqual({ asked: 3, doubtful: 3, raised: 3, held: [] })
  })

  test('of which many are on the list of reviews already raise what is new', async () => {
    const records = await openWith(9)
    system.answer(whole(...records.slice(5)))
    expect(await look()).toMatchObject({ doubtful: 5, raised: 5 })
    system.answer(whole(...records.slice(7)))
    expect(await look()).toEqual({ asked: 9, doubtful: 2, raised: 2, held: [] })
    expect(await look()).toEqual({ asked: 9, doubtful: 0, raised: 0, held: [] })
  })

  test('cost no reading of the reviews of others', async () => {
    const records = await openWith(4)
    system.answer(whole(...records.slice(3)))
    await look()
    system.answer(whole(...records.slice(0, 3)))
    const read: string[] = []
    const { reviews } = linking.store
    const list: typeof reviews.list = async query => {
      const found = await reviews.list(query)
      read.push(...found.map(({ accountId }) => accountId))
      return found
    }
    expect(await look({ reviews: { ...reviews, list } })).toMatchObject({ doubtful: 1, raised: 1 })
    expect(read).toEqual([])
  })

  test('of one account that proved them are asked for once each, a few at the same time', async () => {
    const records = Array.from({ length: 60 }, (_, at) => lotteIn('tv', { customerId: `T-${at}` }))
    await openAccount(
      0,
      records.map(({ customerId }) => linkTo(customerId, { method: 'proof' })),
    )
    await openAccount(1, [linkTo('T-other')])
    system.answer(whole(...records))
    const { source } = linking
    let now = 0
    let most = 0
    const findByCustomerId: typeof source.findByCustomerId = async id => {
      most = Math.max(most, ++now)
      return source.findByCustomerId(id).finally(() => now--)
    }
    expect(await look({ source: { ...source, findByCustomerId } })).toEqual({ ...NOTHING, asked: 60 })
    expect(system.questions).toHaveLength(60)
    expect(most).toBe(4)
  })

  test('are left after an account when the node stops, and gone on with by the next', async () => {
    const records = await openWith(3)
    system.answer(whole(...records))
    const stopping = new AbortController()
    const { source } = linking
    const findByCustomerId: typeof source.findByCustomerId = id => {
      stopping.abort()
      return source.findByCustomerId(id)
    }
    expect(await look({ source: { ...source, findByCustomerId } }, stopping.signal)).toEqual(NOTHING)
    expect(await look({}, stopping.signal)).toEqual({ ...NOTHING, asked: 0 })
    expect(await look()).toEqual({ ...NOTHING, asked: 2 })
    expect(new Set(system.questions.map(({ body }) => body.customerId)).size).toBe(3)
  })

  test('raise what waits by another run when the node stops', async () => {
    await openWith(3)
    system.answer(whole())
    const stopping = new AbortController()
    const { reviews } = linking.store
    const raise: typeof reviews.raise = async one => {
      stopping.abort()
      return reviews.raise(one)
    }
    await look({ reviews: { ...reviews, raise } }, stopping.signal)
    expect(await linking.reviews()).toHaveLength(1)
    await look()
    expect(await linking.reviews()).toHaveLength(3)
  })
})

test('what a person typed makes no record theirs', async () => {
  await open()
  const { email, phoneNumber, phoneVerified, address, ...told } = LOTTE
  const typed = { email: 'karel@example.net', phoneNumber: '+32 499001122', phoneVerified: true }
  const by = { by: 'person', since: 1 }
  const claims = { ...told, ...typed, verifiedBy: 'itsme', sources: { email: by, phoneNumber: by } }
  await openAccount(0, [linkTo('L-tv')], claims)
  system.answer(whole(lotteIn('tv', { ...STRANGER, firstName: 'Lotte', lastName: 'Vandenbroeck' })))
  expect(await look()).toEqual(ONE)
  expect(await kinds()).toEqual([['record-changed', 'L-tv']])
})
