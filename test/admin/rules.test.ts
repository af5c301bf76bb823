import { createRuleOperations } from '#src/admin/operations/matching-rules.ts'
import { matchingRoutes } from '#src/admin/routes/matching-routes.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import { type DecisionRecord, referenceOf, withoutNumbers } from '#src/linking/decision-record.ts'
import { keepModel } from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { codeOf, etagOf, type RunningApi, startApi } from './api-client.ts'

/** The rules of matching over the admin API: what others would change, putting them in force, and the way back. */
let api: RunningApi
beforeAll(async () => {
  api = await startApi()
  const fearful = { ...DEFAULT_MODEL, version: 't-fearful', rivalRecords: { household: 1e9, twin: 1e9, junior: 1e9 } }
  await keepModel(api.admin.running.pias.store.keys, { model: fearful, trainedAt: 5, profile: {} })
})
afterAll(() => api.close())

type Changes = { outcomes: Record<string, number>; examples: { change: string; records: { customerId: string }[] }[] }
type Replay = { decisions: Changes & { replayed: number }; people: Changes & { decided: number } }
const REASON = 'a synthetic reason'

test('tells what another model would change, of decisions and of people, with masked examples', async () => {
  const { store } = api.admin.running.pias
  const same = (await api.invoke('replayRules', { body: {} })).json<Replay>()
  expect(same.decisions).toMatchObject({ outcomes: {}, records: {}, examples: [] })
  expect(same.people).toMatchObject({ outcomes: {}, records: {}, examples: [], ownedElsewhere: 0 })
  const answer = await api.invoke('replayRules', { body: { version: 't-fearful' } })
  const { decisions, people } = answer.json<Replay>()
  // Lotte and Thomas are linked at first sight; Nora, who is not, has no record.
  expect(decisions).toMatchObject({ outcomes: { 'link → none': 2 }, skipped: 0 })
  expect(people).toMatchObject({ decided: 3, outcomes: { 'link → none': 2 } })
  expect(answer.json()).toMatchObject({ shadow: { replayed: 0, outcomes: {} } })
  const [example] = people.examples
  expect(example).toMatchObject({ change: 'link → none', accountId: expect.any(String) })
  for (const { customerId } of await store.accounts.customersOf(api.owner.accountId as never))
    expect(answer.body).not.toContain(customerId)
  expect(await api.eventsOf('admin.looked')).toContainEqual({ operation: 'replayRules', by: api.owner.accountId })
})

test('tells what another error budget would change', async () => {
  const strict = (await api.invoke('replayRules', { body: { errorBudget: 1e-15 } })).json<Replay>()
  expect(strict.decisions.outcomes).toEqual({ 'link → confirm': 2 })
  expect(strict.people.outcomes).toEqual({ 'link → confirm': 2 })
  expect(codeOf(await api.invoke('replayRules', { body: { errorBudget: 0.1 } }))).toEqual([400, 'request.invalid'])
  expect(codeOf(await api.invoke('replayRules', { body: { version: 'never' } }))).toEqual([404, 'not-found'])
})

test('tells which record came up for most people in an hour, by reference, and in which decisions', async () => {
  const { store } = api.admin.running.pias
  const [record] = await store.accounts.customersOf(api.owner.accountId as never)
  if (record === undefined) throw new Error('nothing is linked')
  // Somebody else for whom the same record was found: it has an owner by now.
  const [decided] = await store.audit.search({ accountId: api.owner.accountId, type: 'link.decided', limit: 1 })
  if (decided === undefined) throw new Error('nothing was decided')
  const { decision } = decided.data as unknown as { decision: DecisionRecord }
  const at = Date.now()
  const other = { outcome: 'owned-elsewhere', decision: withoutNumbers(decision) } as never
  await store.audit.append([{ at, type: 'link.unresolved', clientId: 'app', data: other }])
  const told = await api.invoke('showBusiestRecord', { query: `?to=${at + 1}` })
  const named = decision.records.map(({ serviceLine, customerId }) => ({
    serviceLine,
    customerId: referenceOf({ serviceLine, customerId }),
  }))
  const { record: busiest } = told.json<{ record: { customerId: string } }>()
  expect(named).toContainEqual(busiest)
  expect(told.json()).toMatchObject({
    from: at + 1 - 3600 * 1000,
    people: 2,
    count: 2,
    decisions: [
      { outcome: 'owned-elsewhere', records: [busiest] },
      { account: api.owner.accountId, outcome: 'link', records: [{ ...busiest, verdict: 'linked' }] },
    ],
  })
  expect(told.body).not.toContain(record.customerId)
  expect(await api.eventsOf('admin.looked')).toContainEqual({ operation: 'showBusiestRecord', by: api.owner.accountId })
  // Who may not reveal numbers is told how many, and nothing that a number can be tried against or whose it is.
  const masked = await api.invoke('showBusiestRecord', { query: `?to=${at + 1}`, token: api.other.token })
  expect(masked.json()).toEqual({ from: at + 1 - 3600 * 1000, to: at + 1, people: 2, count: 2, decisions: [] })
  const [last, beyond] = [8.64e15, Number.MAX_SAFE_INTEGER].map(to => ({ query: `?to=${to}` }))
  expect((await api.invoke('showBusiestRecord', last)).status).toBe(200)
  expect(codeOf(await api.invoke('showBusiestRecord', beyond))).toEqual([400, 'request.invalid'])
  // No node has looked yet: there is no hour to tell of.
  expect((await api.invoke('showBusiestRecord')).json()).toEqual({ from: 0, to: 0, people: 0, count: 0, decisions: [] })
  // Each look reads thousands of events.
  await store.limits.hit(`busiest-record ${api.other.accountId}`, 3600, 60)
  const often = await api.invoke('showBusiestRecord', { token: api.other.token })
  expect([...codeOf(often), often.headers['retry-after']]).toEqual([
    429,
    'too-many',
    expect.stringMatching(/^3[56]\d\d$/),
  ])
})

test('examples of decisions about nobody name no record by what numbers can be tried against', async () => {
  const { body } = await api.invoke('replayRules', {
    body: { version: 't-fearful', people: 0 },
    token: api.other.token,
  })
  const { decisions } = JSON.parse(body) as Replay
  expect(decisions.examples.flatMap(({ records }) => records)).toContainEqual(
    expect.objectContaining({ customerId: '…' }),
  )
  expect(body).not.toContain('"#')
})

test('is asked one at a time on a node', async () => {
  const { store } = api.admin.running.pias
  const matching = { errorBudget: 1e-4, deadlineMs: 60_000, limitPerKey: 400 }
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const source = createSnapshotSource(store)
  const rules = createRuleOperations({ ...store, source, matching, clock: Date.now, logger })
  const replay = matchingRoutes({ rules }).find(({ id }) => id === 'replayRules')
  const body = { people: 10, decisions: 10, days: 1 }
  const ask = () => replay?.run({ body, params: {}, query: {}, version: undefined, caller: { roles: [] } as never })
  const [first, second] = [ask(), ask()]
  expect(await second).toMatchObject({ status: 409, code: 'busy' })
  expect(await first).toMatchObject({ status: 200 })
  expect(await ask()).toMatchObject({ status: 200 })
})

test('rules are put in force over what was looked at, decide, are watched, and rolled back', async () => {
  const { token } = api.other
  const shown = await api.invoke('showRules')
  expect(shown.json()).toMatchObject({ inForce: { version: DEFAULT_MODEL.version, errorBudget: 1e-4 } })
  const body = { version: 't-fearful', errorBudget: 1e-6, reason: REASON }
  expect(codeOf(await api.invoke('activateRules', { body, headers: etagOf(shown), token }))).toEqual([403, 'role'])
  expect(codeOf(await api.invoke('activateRules', { body }))).toEqual([428, 'no-version'])
  const never = { ...body, version: 'never' }
  expect(codeOf(await api.invoke('activateRules', { body: never, headers: etagOf(shown) }))).toEqual([404, 'not-found'])
  const both = await Promise.all([1, 2].map(() => api.invoke('activateRules', { body, headers: etagOf(shown) })))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
  const changed = both.find(({ status }) => status === 200)
  expect(changed?.json()).toMatchObject({ inForce: { version: 't-fearful', errorBudget: 1e-6 } })
  expect(await api.eventsOf('matching.model')).toContainEqual({
    act: 'activated',
    version: 't-fearful',
    errorBudget: 1e-6,
    by: api.owner.accountId,
    reason: REASON,
  })

  api.pass(61_000)
  const { openAccount } = api
  await openAccount('no-email')
  const watched = await api.invoke('watchRules', { query: '?since=2020-01-01' })
  expect(watched.json<{ rules: object[] }>().rules[0]).toMatchObject({
    ruleVersion: expect.stringContaining('+t-fearful+'),
    errorBudget: 1e-6,
    outcomes: { none: 1 },
  })

  const stale = { query: `?reason=${encodeURIComponent(REASON)}`, headers: etagOf(shown) }
  expect(codeOf(await api.invoke('rollBackRules', stale))).toEqual([412, 'stale'])
  const back = await api.invoke('rollBackRules', { ...stale, headers: { 'if-match': `${changed?.headers.etag}` } })
  expect(back.json()).toMatchObject({ inForce: { version: DEFAULT_MODEL.version, errorBudget: 1e-4 } })
  expect(back.headers.etag).toBe(shown.headers.etag)
  const told = await api.admin.running.pias.store.audit.search({ type: 'matching.model', limit: 10 })
  expect(codeOf(await api.invoke('rollBackRules', stale))).toEqual([409, 'nothing'])
  expect(await api.admin.running.pias.store.audit.search({ type: 'matching.model', limit: 10 })).toEqual(told)
})

test('tells how linking goes, and the alarms that are raised', async () => {
  const { store } = api.admin.running.pias
  const nothing = await api.invoke('listAlarms')
  expect(nothing.json()).toMatchObject({ at: 0, alarms: [] })
  const refused = { at: Date.now(), type: 'proof.refused', data: { reason: 'wrong' } }
  await store.audit.append(Array.from({ length: 31 }, () => refused))
  await runJobs(api.admin.running.pias, ['alarms'])
  const shown = await api.invoke('listAlarms', { token: api.other.token })
  expect(shown.json()).toMatchObject({ alarms: [{ name: 'refused-proofs', value: 31, expected: 29 }] })
})

// The last one: it looks back at what the others did.
test('every operation about rules that is described was called and worked, and answers its problems', async () => {
  expect(api.untried('rules')).toEqual([])
  await api.callWrongly('rules')
  expect(api.unanswered('rules')).toEqual([])
})
