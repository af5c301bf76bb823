import { createLinkChanges } from '#src/accounts/link-changes.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { startJobs } from '#src/operations/jobs.ts'
import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import { type LogoutReceiver, startLogoutReceiver } from '#test/support/logout-receiver.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { until } from '#test/support/until.ts'

/** What an app that knows an account sees of its person when the account is merged, and when that is undone. */
const PUBLIC = { ...TEST_CLIENT, client_id: 'public-app' }
const SECTOR = { ...TEST_CLIENT, client_id: 'sector-app', subject_type: 'pairwise', pias_sector: 'one' }

let running: RunningPias
let receiver: LogoutReceiver
let jobs: ReturnType<typeof startJobs>

beforeAll(async () => {
  receiver = await startLogoutReceiver(PUBLIC.client_id, { issuer: () => running.issuer })
  running = await startPias({ clients: [{ ...PUBLIC, backchannel_logout_uri: receiver.url }, SECTOR] })
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  jobs = startJobs(running.pias.jobs, { logger: silent })
})
afterAll(async () => {
  await jobs.stop()
  await running.close()
  await receiver.close()
})

const subOf = (tokens: Tokens) => `${claimsOf(tokens.id_token).sub}`

/** Logs in at an app, as a persona whom PIAS knows by now. */
const logInAt = async (client: typeof TEST_CLIENT, persona: string, browser: HttpBrowser = createHttpBrowser()) => {
  const app = createTestApp(running, client)
  const request = app.authorize()
  return redeem(app, browser, await logIn(browser, request.url, persona), request)
}

/** The subject everywhere an app sees it: ID token, userinfo, a refreshed ID token, introspection aside. */
const seenBy = async (client: typeof TEST_CLIENT, tokens: Tokens): Promise<readonly string[]> => {
  const browser = createHttpBrowser()
  const info = await userinfo(running, browser, tokens.access_token)
  const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
  const refreshed = await createTestApp(running, client).token(browser, form)
  return [...new Set([subOf(tokens), `${info.json().sub}`, subOf(refreshed.json<Tokens>())])]
}

test('an app that knew the merged account alone sees the same sub at the next login and refresh; undone, each has their own', async () => {
  const changes = createLinkChanges({ ...running.pias.store, clock: Date.now, newAccountId: () => 'none' as AccountId })
  const lotte = subOf(await logInAt(TEST_CLIENT, 'lotte'))
  await (await meetUncertain(running, 'nora')).openAccount()
  const nora = subOf(await logInAt(TEST_CLIENT, 'nora'))
  const atPublic = subOf(await logInAt(PUBLIC, 'nora'))
  const atSector = subOf(await logInAt(SECTOR, 'nora'))
  expect([atPublic, lotte === nora, atSector === nora]).toEqual([nora, false, false])

  const merge = { kind: 'merge', account: nora as AccountId, into: lotte as AccountId } as const
  const asked = await changes.request(merge, { by: 'admin-1', reason: 'a synthetic reason' })
  if (asked.kind !== 'proposed') throw new Error('a merge is proposed first')
  expect(await changes.approve(asked.change.id, 'admin-2')).toMatchObject({
    kind: 'done',
    change: { moves: [{ apps: [PUBLIC.client_id, SECTOR.client_id] }] },
  })

  // Whichever of the two logins it is: they are one person now.
  for (const persona of ['nora', 'lotte']) {
    expect(await seenBy(TEST_CLIENT, await logInAt(TEST_CLIENT, persona))).toEqual([lotte])
    expect(await seenBy(PUBLIC, await logInAt(PUBLIC, persona))).toEqual([atPublic])
    expect(await seenBy(SECTOR, await logInAt(SECTOR, persona))).toEqual([atSector])
  }
  const browser = createHttpBrowser()
  const during = await logInAt(PUBLIC, 'lotte', browser)
  const hinted = createTestApp(running, PUBLIC).authorize({ prompt: 'none', id_token_hint: during.id_token })
  expect((await browser.get(hinted.url)).location).toContain('code=')

  const told = receiver.tokens.length
  const undo = { kind: 'undo', change: asked.change.id } as const
  expect(await changes.request(undo, { by: 'admin-1', reason: 'two people' })).toMatchObject({ kind: 'done' })
  // The app hears of the end of that login by the name it knows, though the account has another by now.
  const { sid } = claimsOf(during.id_token)
  await until(() => receiver.tokens.slice(told).some(token => token.sid === sid))
  expect(receiver.tokens.find(token => token.sid === sid)).toMatchObject({ sub: atPublic })
  expect(subOf(await logInAt(PUBLIC, 'nora'))).toBe(atPublic)
  expect(subOf(await logInAt(SECTOR, 'nora'))).toBe(atSector)
  expect(subOf(await logInAt(PUBLIC, 'lotte'))).toBe(lotte)
  expect([nora, lotte, atSector]).not.toContain(subOf(await logInAt(SECTOR, 'lotte')))
})
