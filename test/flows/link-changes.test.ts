import { createLinkChanges } from '#src/accounts/link-changes.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { startJobs } from '#src/operations/jobs.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, claimsOf, createTestApp, logIn, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import { type LogoutReceiver, startLogoutReceiver } from '#test/support/logout-receiver.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { until } from '#test/support/until.ts'

/** One person with two accounts, as after a new itsme account: they are merged, and the merge is undone. */
const TOLD = 'told-app'
let running: RunningPias
let receiver: LogoutReceiver
let jobs: ReturnType<typeof startJobs>

beforeAll(async () => {
  receiver = await startLogoutReceiver(TOLD, { issuer: () => running.issuer })
  running = await startPias({
    clients: [{ ...TEST_CLIENT, client_id: TOLD, backchannel_logout_uri: receiver.url }],
  })
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  jobs = startJobs(running.pias.jobs, { logger: silent })
})
afterAll(async () => {
  await jobs.stop()
  await running.close()
  await receiver.close()
})

const CLIENT = { ...TEST_CLIENT, client_id: TOLD }
const subjectOf = (tokens: Tokens) => `${claimsOf(tokens.id_token).sub}` as AccountId

const knownLogin = async (persona: string) => {
  const app = createTestApp(running, CLIENT)
  const browser = createHttpBrowser()
  const request = app.authorize()
  const tokens = await redeem(app, browser, await logIn(browser, request.url, persona), request)
  return { browser, tokens, id: subjectOf(tokens) }
}

const newLogin = async (persona: string) => {
  const { browser, openAccount } = await meetUncertain(running, persona)
  const answers = await browser.follow((await openAccount()).location ?? '', url =>
    url.startsWith('http://127.0.0.1:9'),
  )
  expect(appAnswer(answers.at(-1))).toHaveProperty('code')
  // The same browser at the app that wants to be told.
  const told = createTestApp(running, CLIENT)
  const request = told.authorize()
  const tokens = await redeem(told, browser, [await browser.get(request.url)], request)
  return { browser, tokens, id: subjectOf(tokens) }
}

const expectEnded = async ({ browser, tokens }: { browser: ReturnType<typeof createHttpBrowser>; tokens: Tokens }) => {
  expect((await userinfo(running, browser, tokens.access_token)).status).toBe(401)
  const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
  const refreshed = await createTestApp(running, CLIENT).token(createHttpBrowser(), form)
  expect([refreshed.status, refreshed.json().error]).toEqual([400, 'invalid_grant'])
  expect((await browser.get(`${running.issuer}/account`)).status).toBe(303)
  const silent = await browser.get(createTestApp(running, CLIENT).authorize({ prompt: 'none' }).url)
  expect(appAnswer(silent)).toMatchObject({ error: 'login_required' })
}

const recordsOf = async (tokens: Tokens) => {
  const answer = await userinfo(running, createHttpBrowser(), tokens.access_token)
  return (answer.json() as { customer_accounts: { customer_id: string }[] }).customer_accounts
}

test('a merged account lets nobody in, its login is the other one, and undoing it restores both', async () => {
  const changes = createLinkChanges({ ...running.pias.store, clock: Date.now, newAccountId: () => 'none' as AccountId })
  const lotte = await knownLogin('lotte')
  const nora = await newLogin('nora')
  const records = await recordsOf(lotte.tokens)
  expect(records.length).toBeGreaterThan(0)
  expect(await recordsOf(nora.tokens)).toEqual([])

  const asked = await changes.request(
    { kind: 'merge', account: nora.id, into: lotte.id },
    { by: 'admin-1', reason: 'a synthetic reason' },
  )
  if (asked.kind !== 'proposed') throw new Error('a merge is proposed first')
  // The app that knows both accounts goes by the one that stays.
  expect(asked.change.moves).toMatchObject([{ apps: [TEST_CLIENT.client_id] }])
  expect((await userinfo(running, nora.browser, nora.tokens.access_token)).status).toBe(200)
  expect(await changes.approve(asked.change.id, 'admin-2')).toMatchObject({ kind: 'done' })

  await expectEnded(nora)
  await until(() => receiver.tokens.length === 1)
  expect(receiver.tokens[0]).toMatchObject({ sub: nora.id, sid: claimsOf(nora.tokens.id_token).sid })
  // Whose account stays is not disturbed.
  expect((await userinfo(running, lotte.browser, lotte.tokens.access_token)).status).toBe(200)

  const merged = await knownLogin('nora')
  expect(merged.id).toBe(lotte.id)
  expect(await recordsOf(merged.tokens)).toEqual(records)
  expect((await knownLogin('lotte')).id).toBe(lotte.id)

  const undone = await changes.request(
    { kind: 'undo', change: asked.change.id },
    { by: 'admin-1', reason: 'two people after all' },
  )
  expect(undone).toMatchObject({ kind: 'done' })
  await expectEnded(merged)
  const [noraAgain, lotteAgain] = [await knownLogin('nora'), await knownLogin('lotte')]
  expect([noraAgain.id, lotteAgain.id]).toEqual([nora.id, lotte.id])
  expect(await recordsOf(noraAgain.tokens)).toEqual([])
  expect(await recordsOf(lotteAgain.tokens)).toEqual(records)

  const types = (await running.pias.store.audit.list({ after: 0, limit: 1000, accountId: nora.id })).map(
    ({ type }) => type,
  )
  expect(types).toEqual(expect.arrayContaining(['link.proposed', 'account.merged', 'account.unmerged']))
})

test('a record that is taken away ends the logins; given back, it is as it was', async () => {
  const changes = createLinkChanges({ ...running.pias.store, clock: Date.now, newAccountId: () => 'none' as AccountId })
  const lotte = await knownLogin('lotte')
  const before = await running.pias.store.accounts.customersOf(lotte.id)
  const [first] = before
  if (first === undefined) throw new Error('Lotte has records')
  const record = { serviceLine: first.serviceLine, customerId: first.customerId }
  const author = { by: 'admin-1', reason: 'a synthetic complaint' }
  const taken = await changes.request({ kind: 'unlink', record }, author)
  await expectEnded(lotte)
  expect(await recordsOf((await knownLogin('lotte')).tokens)).toHaveLength(before.length - 1)
  if (taken.kind !== 'done') throw new Error('nobody else must approve this')
  expect(await changes.request({ kind: 'undo', change: taken.change.id }, author)).toMatchObject({ kind: 'done' })
  expect(await running.pias.store.accounts.customersOf(lotte.id)).toEqual(before)
  expect(await changes.request({ kind: 'undo', change: taken.change.id }, author)).toEqual({
    kind: 'refused',
    refusal: 'undone',
  })
})
