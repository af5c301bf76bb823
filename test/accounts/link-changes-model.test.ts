import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { createLinkChanges, type LinkOutcome } from '#src/accounts/link-changes.ts'
import type { LinkRequest } from '#src/accounts/link-plan.ts'
import type { CustomerKey, ServiceLine } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import { createSubjectIdentifier } from '#src/provider/subjects.ts'
import { openMongoStore } from '#src/store/mongo/open.ts'
import type { Store } from '#src/store/ports/store.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import { openDurableFile } from '#src/store/sqlite/open.ts'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'
import { createLinkModel, type ModelMove } from './link-model.ts'

/**
 * Random sequences of link, unlink, merge, split, rebind and undo, against a sequential model: after each act everything is
 * where the model has it, so nobody ever gets what was not named; and each app sees the person of each login by the name it
 * knows, which is never that of an account that the login's own does not hold.
 */
const PEOPLE = ['p0', 'p1', 'p2', 'p3']
const RECORDS = Array.from({ length: 6 }, (_, index) => `R${index}`)
const APPS = ['app-0', 'app-1', 'app-2']
const AUTHOR = { by: 'admin-1', reason: 'a synthetic reason' }

const dir = mkdtempSync(join(tmpdir(), 'pias-links-'))
let mongo: TestDatabase
let files = 0
beforeAll(async () => {
  mongo = await openTestDatabase()
})
afterAll(async () => {
  rmSync(dir, { recursive: true })
  await mongo.close()
})

const recordKey = (name: string): CustomerKey => ({
  serviceLine: (name < 'R3' ? 'tv' : 'mobile') as ServiceLine,
  customerId: name,
})
const identityKey = (upstream: string, subject: string): IdentityKey => ({
  issuer: `https://${upstream}.example`,
  clientId: 'PIAS',
  subject,
})

const openSqlite = async () => {
  files += 1
  const { ports, close } = await openDurableFile(join(dir, `durable-${files}.db`), Date.now)
  return encryptTestStore({ ...ports, close: async () => close() } as unknown as Store, {
    clock: Date.now,
    dir: mkdtempSync(join(dir, 'kek-')),
  })
}
const openMongo = async () => {
  await mongo.empty()
  const store = await openMongoStore({ ...mongo, clock: Date.now, migrate: true })
  return encryptTestStore(store as unknown as Store, { clock: Date.now, dir: mkdtempSync(join(dir, 'kek-')) })
}

const ACTS = ['link', 'unlink', 'merge', 'split', 'rebind', 'undo', 'login'] as const
type ActOnLinks = Act & { act: Exclude<Act['act'], 'login'> }
type Act = { act: (typeof ACTS)[number]; one: number; two: number; three: number }
const someActs = fc.array(
  fc.record({ act: fc.constantFrom(...ACTS), one: fc.nat(9), two: fc.nat(9), three: fc.nat(9) }),
  { minLength: 10, maxLength: 40 },
)

const createWorld = async (store: Store, done: Set<string>) => {
  const model = createLinkModel()
  let opened = 0
  let subjects = 0
  const accounts: AccountId[] = []
  const identities: string[] = []
  const changes = createLinkChanges({
    ...store,
    clock: Date.now,
    newAccountId: () => `account-${++opened}` as AccountId,
  })
  const keyOf = (identity: string): IdentityKey => {
    const [, upstream = '', subject = ''] = identity.split(':')
    return identityKey(upstream, subject)
  }
  const refer = (identity: string) => store.linkChanges.referTo(keyOf(identity))

  /** Each person has an account with a login at two upstreams and a record; the other records are nobody's. */
  for (const [index, person] of PEOPLE.entries()) {
    const id = person as AccountId
    const [one, two] = [`identity:one:${person}`, `identity:two:${person}`] as [string, string]
    const record = RECORDS[index] as string
    const link = { ...recordKey(record), method: 'match' as const, ruleVersion: 'r', evidence: { bits: index } }
    const account = { id, createdAt: 1, updatedAt: 1, claims: {} }
    await store.accounts.open({ account, identity: keyOf(one), customers: [link], events: [] })
    const moves = [{ thing: 'identity' as const, identity: await refer(two), to: id }]
    const second = { id: `second-${person}`, kind: 'rebind' as const, state: 'done' as const, at: 1, ...AUTHOR, moves }
    await store.linkChanges.apply({ change: second, opens: [], endLogins: [], events: [] })
    model.open(person, [one, two, `record:${record}`])
    accounts.push(id)
    identities.push(one, two)
  }

  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T

  type Proposal = {
    request: LinkRequest
    /** What it must come to; undefined where it must be refused. */
    moves: readonly ModelMove[] | undefined
    opens?: string
    undoes?: string
  }

  const proposeSplit = async (account: AccountId, record: string, at: number): Promise<Proposal> => {
    const held = model.identitiesOf(account)
    const identity = pick(held.length === 0 ? identities : held, at)
    const records = model.holderOf(`record:${record}`) === account ? [record] : []
    const opens = `account-${opened + 1}`
    const things = [identity, ...records.map(name => `record:${name}`)]
    return {
      request: { kind: 'split', account, records: records.map(recordKey), identities: [await refer(identity)] },
      moves:
        model.isOpen(account) && held.length > 1
          ? things.map(thing => ({ thing, from: account, to: opens }))
          : undefined,
      opens,
    }
  }

  const proposeRebind = async (account: AccountId, at: number, which: number): Promise<Proposal> => {
    const held = model.identitiesOf(account)
    const retired = pick(held.length === 0 ? identities : held, at)
    subjects += 1
    // Sometimes one that is somebody's.
    const fresh = which < 7 ? `identity:${retired.split(':')[1]}:s${subjects}` : pick(identities, which)
    if (!identities.includes(fresh)) identities.push(fresh)
    const retires = { thing: retired, from: account }
    return {
      request: { kind: 'rebind', account, retire: await refer(retired), identity: keyOf(fresh) },
      moves:
        model.holderOf(fresh) === undefined && held.length > 0 ? [retires, { thing: fresh, to: account }] : undefined,
    }
  }

  const proposeUndo = (at: number): Proposal => {
    const acts = model.acts()
    const change = acts.length === 0 ? 'none' : pick(acts.toReversed(), at)
    const moves = model.inverse(change)
    // What would merge again takes two people.
    const merges = moves?.some(({ thing, to }) => thing.startsWith('account:') && to !== undefined)
    return { request: { kind: 'undo', change }, moves: merges ? undefined : moves, undoes: change }
  }

  const propose = async ({ act, one, two, three }: ActOnLinks): Promise<Proposal> => {
    const [account, into] = [pick(accounts, one), pick(accounts, two)]
    const name = pick(RECORDS, three)
    const [record, thing] = [recordKey(name), `record:${name}`]
    const from = model.holderOf(thing)
    switch (act) {
      case 'link':
        return { request: { kind: act, account, record }, moves: [{ thing, to: account }] }
      case 'unlink':
        return { request: { kind: act, record }, moves: from === undefined ? undefined : [{ thing, from }] }
      case 'merge':
        return {
          request: { kind: act, account, into },
          moves: [{ thing: `account:${account}`, to: into, apps: model.appsFor(account, into) }],
        }
      case 'split':
        return proposeSplit(account, name, two)
      case 'rebind':
        return proposeRebind(account, two, three)
      case 'undo':
        return proposeUndo(one)
    }
  }

  const carryOut = async (outcome: LinkOutcome): Promise<LinkOutcome> => {
    if (outcome.kind !== 'proposed') return outcome
    expect(await changes.approve(outcome.change.id, AUTHOR.by)).toEqual({ kind: 'refused', refusal: 'same-person' })
    return changes.approve(outcome.change.id, 'admin-2')
  }

  const subjectAt = createSubjectIdentifier({ pairwiseSecret: 'synthetic', findKnown: store.accounts.find })

  /** What a login leaves that the apps of an account are known by. */
  const logIn = async (identity: string, clientId: string): Promise<void> => {
    const whole = model.wholeOf(identity)
    if (whole === undefined) return
    await store.consents.give({ accountId: whole as AccountId, clientId, scopes: [], at: 1 })
    model.learn(whole, clientId)
    done.add('login')
  }

  const step = async (act: Act): Promise<void> => {
    if (act.act === 'login') return logIn(pick(identities, act.one), pick(APPS, act.two))
    const asked = await propose(act as ActOnLinks)
    const outcome = await carryOut(await changes.request(asked.request, AUTHOR))
    if (asked.opens !== undefined && asked.moves !== undefined) {
      model.open(asked.opens, [])
      accounts.push(asked.opens as AccountId)
    }
    const id = outcome.kind === 'refused' ? 'refused' : outcome.change.id
    const fitted = asked.moves !== undefined && model.act(id, asked.moves)
    expect({ asked, done: outcome.kind === 'done', outcome }).toMatchObject({ done: fitted })
    if (fitted && asked.undoes !== undefined) model.markUndone(asked.undoes)
    if (fitted) done.add(act.act)
  }

  const checkNames = async (whole: string): Promise<void> => {
    for (const clientId of APPS) {
      const subject = await subjectAt(undefined as never, whole, { clientId } as never)
      expect([whole, clientId, subject]).toEqual([whole, clientId, model.nameOf(whole, clientId)])
      expect(model.wholeOf(`account:${subject}`) ?? subject).toBe(whole)
    }
  }

  const check = async (): Promise<void> => {
    for (const identity of identities) {
      const bound = await store.accounts.findByIdentity(keyOf(identity))
      const whole = bound === undefined ? undefined : await findWhole(store.accounts, bound)
      expect([identity, bound, whole?.id]).toEqual([identity, model.holderOf(identity), model.wholeOf(identity)])
      if (whole !== undefined) await checkNames(whole.id)
    }
    const owners = await store.accounts.ownersOf(RECORDS.map(recordKey))
    for (const record of RECORDS) {
      const { serviceLine, customerId } = recordKey(record)
      expect([record, owners.get(`${serviceLine}:${customerId}`)]).toEqual([record, model.holderOf(`record:${record}`)])
    }
    for (const id of accounts) {
      const held = RECORDS.filter(record => model.holderOf(`record:${record}`) === id)
      const links = await store.accounts.customersOf(id)
      expect(links.map(({ customerId }) => customerId).sort()).toEqual(held)
      const parts = accounts.filter(part => model.holderOf(`account:${part}`) === id)
      const account = await store.accounts.find(id)
      expect((account?.absorbed ?? []).map(part => part.id).sort()).toEqual([...parts].sort())
    }
  }

  return { step, check }
}

/** What was not refused. */
const done = new Set<string>()

test.each([
  ['SQLite', openSqlite, 15],
  ['MongoDB', openMongo, 2],
] as const)('on %s everything is where the model has it, after any acts', async (_name, open, numRuns) => {
  await fc.assert(
    fc.asyncProperty(someActs, async acts => {
      const store = await open()
      try {
        const world = await createWorld(store, done)
        for (const act of acts) {
          await world.step(act as Act)
          await world.check()
        }
      } finally {
        await store.close()
      }
    }),
    { numRuns },
  )
})

// The last one: it looks back at what the others did.
test('none of the acts was always refused', () => {
  expect([...done].sort()).toEqual([...ACTS].sort())
})
