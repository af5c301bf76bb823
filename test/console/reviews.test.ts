import { maskText } from '#src/audit/mask.ts'
import type { CustomerKey } from '#src/kernel/customer.ts'
import type { DecisionRecord } from '#src/linking/decision-record.ts'
import type { ReviewMatter } from '#src/store/ports/reviews.ts'
import { addSecondLogin } from '#test/support/add-second-login.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { becomeOwner, filledIn, type RunningConsole, startConsole } from './support.ts'

/** Reviews on the console: from the matter to the act that settles it, by the pages alone. */
let admin: RunningConsole
let owner: HttpBrowser

const GUEST = 'synthetic-guest'
const OTHER = 'synthetic-other'
const RECORD: CustomerKey = { serviceLine: 'tv', customerId: 'TV-SYNTHETIC-9' }

const store = () => admin.running.pias.store
const openAccount = (id: string, customers: readonly CustomerKey[]) =>
  store().accounts.open({
    account: { id: id as never, createdAt: 0, updatedAt: 0, claims: { name: 'Synthetic Guest' } },
    identity: { issuer: 'https://itsme.example', clientId: 'pias', subject: id },
    customers: customers.map(key => ({ ...key, method: 'match' as const, ruleVersion: 'r', evidence: null })),
    events: [],
  })

beforeAll(async () => {
  admin = await startConsole()
  owner = await becomeOwner(admin, 'lotte')
  await openAccount(GUEST, [RECORD])
  await openAccount(OTHER, [])
})
afterAll(() => admin.close())

const read = async (path: string, browser = owner) => (await browser.get(`${admin.origin}${path}`)).body
const recordsOf = (id: string) => store().accounts.customersOf(id as never)

let raised = 0
/** Raises a review; where its page is. */
const raise = async (kind: ReviewMatter['kind'], data: object): Promise<string> => {
  const matter = { kind, accountId: GUEST as never, ...(kind === 'rebind' ? {} : { customer: RECORD }) }
  raised += 1
  await store().reviews.raise({ matter, raisedAt: raised, data: data as never, events: [] })
  const path = /href="(\/reviews\/[\w-]+)"/.exec(await read('/reviews'))?.[1]
  return path ?? ''
}

/** Presses the button of a page as it is. */
const confirm = (page: string, action: string, browser = owner) =>
  browser.post(`${admin.origin}${action}`, Object.fromEntries(filledIn(page, action)))

test('a record is unlinked and its review closed in one step, after a preview, and without its number', async () => {
  const path = await raise('record-changed', {
    method: 'match',
    linkedBy: 'r4',
    decidedBy: 'r5',
    fields: ['lastName', 'emails'],
    margins: [],
    explanation: null,
  })
  const page = await read(path)
  expect(page).toContain('found by matching')
  expect(page).toContain('Family name')
  expect(page).not.toMatch(/lastName|linkedBy|null|\[\]/)
  expect(page).not.toContain(RECORD.customerId)
  const preview = await admin.submit(owner, path, `${path}/preview`, { kind: 'unlink', reason: 'a synthetic letter' })
  expect(preview.body).toContain('Nothing is done yet')
  expect(preview.body).toContain(`Logged out everywhere: ${GUEST}`)
  expect(await recordsOf(GUEST)).toHaveLength(1)
  const done = await confirm(preview.body, `${path}/do`)
  expect(done.location).toBe(`${admin.origin}${path}?done=mended`)
  expect(await recordsOf(GUEST)).toEqual([])
  // Pressed twice: once, and told the same.
  expect((await confirm(preview.body, `${path}/do`)).status).toBe(303)
  const after = await read(`${path}?done=mended`)
  expect(after).toContain('the review is closed')
  expect(after).toContain('It was changed, by an act on links')
  expect(after).not.toContain(`action="${path}`)
})

test('a record that would not be linked today tells its evidence, and against what it was held', async () => {
  const [decided] = await store().audit.search({ type: 'link.decided', limit: 1 })
  if (decided === undefined) throw new Error('nothing was decided')
  const { decision } = decided.data as unknown as { decision: DecisionRecord }
  const explanation = {
    ...decision.records[0],
    verdict: 'offered',
    hindrance: 'improbable',
    rule: undefined,
    wrong: 0.01,
  }
  const facts = { method: 'match', linkedBy: 'r4', decidedBy: decision.ruleVersion, fields: ['address'], margins: [] }
  const path = await raise('record-changed', { ...facts, errorBudget: 1e-6, explanation })
  const page = await read(path)
  expect(page).toContain('Evidence for')
  expect(page).toMatch(/1 in 100\b.*accepted is 1 in 1,000,000/s)
  expect(page).toMatch(/It is not certain enough.*Ahead of the runner-up/s)
  expect(page).toContain(decision.ruleVersion)
  expect(page).not.toContain('errorBudget')
  expect((await admin.submit(owner, path, path, { outcome: 'kept', reason: 'a synthetic letter' })).status).toBe(303)
})

test('an earlier act is undone from a review; an overtaken page does nothing', async () => {
  const path = await raise('owner-conflict', { origin: 'match', ruleVersion: 'r5' })
  const [unlinked] = await store().linkChanges.list({ of: { accountId: GUEST as never }, limit: 1 })
  const change = unlinked?.id ?? ''
  expect(await read(path)).toContain(`<option value="${change}"`)
  const undo = (reason: string) => admin.submit(owner, path, `${path}/preview`, { kind: 'undo', change, reason })
  const [late, preview] = [await undo('too late'), await undo('it was right')]
  expect((await confirm(preview.body, `${path}/do`)).location).toContain('?done=mended')
  expect(await recordsOf(GUEST)).toEqual([expect.objectContaining(RECORD)])
  const refused = await confirm(late.body, `${path}/do`)
  expect([refused.status, refused.body]).toEqual([412, expect.stringContaining('Somebody changed this')])
})

test('a login is split off from a review; what is not to the matter is told', async () => {
  const identity = await addSecondLogin(store(), GUEST)
  const path = await raise('record-withdrawn', { method: 'match', linkedBy: 'r5' })
  const taken = await admin.submit(owner, path, `${path}/preview`, { kind: 'link', into: OTHER, reason: 'synthetic' })
  expect([taken.status, taken.body]).toEqual([409, expect.stringContaining('unlink it there first')])
  // What was typed is there still.
  expect(taken.body).toContain(`value="${OTHER}"`)
  const without = { kind: 'split', identity: identity.subject, reason: 'a synthetic couple' }
  const other = await admin.submit(owner, path, `${path}/preview`, without)
  expect([other.status, other.body]).toEqual([409, expect.stringContaining('has nothing to do with this review')])
  const records = `${RECORD.serviceLine} ${RECORD.customerId}`
  const preview = await admin.submit(owner, path, `${path}/preview`, { ...without, records })
  expect(preview.body).toContain('A new account is opened')
  expect(preview.body).not.toContain('Passkeys')
  // What was agreed to is no more what would happen: nothing is done, and that is shown.
  const accountId = GUEST as never
  const passkey = { id: 'synthetic', accountId, document: '{}', counter: 0, createdAt: 1 }
  await store().passkeys.add(passkey, { most: 1, loggedInAt: Date.now() }, [])
  const moved = await confirm(preview.body, `${path}/do`)
  expect(moved.body).toContain('Something has moved since you looked')
  expect(moved.body).toContain(`Passkeys removed, which an undo does not bring back: ${GUEST}`)
  expect([await recordsOf(GUEST), await store().passkeys.list(accountId)]).toMatchObject([[RECORD], [passkey]])
  expect((await confirm(moved.body, `${path}/do`)).location).toContain('?done=mended')
  expect([await recordsOf(GUEST), await store().passkeys.list(accountId)]).toEqual([[], []])
})

test('a review is closed as it is; whoever may not decide sees it without forms', async () => {
  const path = await raise('rebind', { cause: 'a synthetic reason' })
  expect(await read(path)).not.toContain('Unlink the record')
  const unexplained = await admin.submit(owner, path, path, { outcome: 'kept', reason: '' })
  expect(unexplained.status).toBe(422)
  const { accountId } = await admin.login('thomas')
  await admin.give(accountId, ['viewer'])
  const viewer = await admin.signIn('thomas')
  expect(await read(path, viewer)).not.toContain(`action="${path}`)
  const closed = await admin.submit(owner, path, path, { outcome: 'undecided', reason: 'nobody can tell' })
  expect(closed.location).toBe(`${admin.origin}${path}?done=decided`)
  expect(await read(path)).toContain('Nobody can tell')
})

test('a record that somebody else claims leads to the login that raised it, with its evidence, and tells who has it', async () => {
  const { accountId } = await admin.login('lotte')
  await (await meetUncertain(admin.running, 'recreated')).openAccount()
  const reviews = await store().reviews.list({ limit: 100, accountId: accountId as never })
  const review = reviews.find(({ kind }) => kind === 'owner-conflict')
  const path = `/reviews/${review?.id}`
  const { serviceLine = '', customerId = '' } = review?.customer ?? {}
  const { accountId: other } = await admin.login('thomas')
  await admin.give(other, ['viewer'])
  for (const browser of [owner, await admin.signIn('thomas')]) {
    const page = await read(path, browser)
    // Who has it: the masked name, the records, since when; and what speaks for who claims it.
    expect(page).toMatch(
      new RegExp(`Who has it.*href="/people/${accountId}".*L… M… V….*${serviceLine} ${maskText(customerId)}`, 's'),
    )
    expect(page).toContain(`Evidence for ${serviceLine} ${maskText(customerId)}`)
    expect(page).toMatch(/Logins that were to have this record.*somebody else’s already/is)
    expect(page).not.toContain(customerId)
    const login = /href="(\/reviews\/undecided\/[\d.]+)"/.exec(page)?.[1] ?? ''
    expect(await read(login, browser)).toContain('A login that was not decided')
  }
})
