import { createAccountAccess } from '#src/accounts/account-access.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { startJobs } from '#src/operations/jobs.ts'
import { AUTHOR } from '#test/support/author.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  claimsOf,
  createTestApp,
  leave,
  logIn,
  redeem,
  type Tokens,
  userinfo,
} from '#test/support/log-in.ts'
import { type LogoutReceiver, startLogoutReceiver } from '#test/support/logout-receiver.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { until } from '#test/support/until.ts'

/** One login at two apps that want to be told of its end, and at one that does not (ADR 0028). */
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const SESSION_SECONDS = 3600

let ahead = 0
let running: RunningPias
let jobs: ReturnType<typeof startJobs>
let receivers: readonly [LogoutReceiver, LogoutReceiver]
const clientOf = (receiver: LogoutReceiver, id: string, more: object = {}) => ({
  ...TEST_CLIENT,
  client_id: id,
  backchannel_logout_uri: receiver.url,
  ...more,
})
const ONE = 'logout-one'
const TWO = 'logout-two'

beforeEach(async () => {
  ahead = 0
  const issuer = () => running.issuer
  receivers = [await startLogoutReceiver(ONE, { issuer }), await startLogoutReceiver(TWO, { issuer })]
  running = await startPias({
    clock: () => Date.now() + ahead,
    config: { lifetimes: { session: SESSION_SECONDS } },
    clients: [
      clientOf(receivers[0], ONE),
      clientOf(receivers[1], TWO, { subject_type: 'pairwise', pias_sector: 'other' }),
    ],
  })
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  jobs = startJobs(running.pias.jobs, { logger: silent })
})
afterEach(async () => {
  await jobs.stop()
  await running.close()
  for (const receiver of receivers) await receiver.close()
})

const client = (id: string) => ({ ...TEST_CLIENT, client_id: id })

/** Logs a browser in at an app; with a session, without the upstream. */
const logInAt = async (browser: HttpBrowser, id: string): Promise<Tokens> => {
  const app = createTestApp(running, client(id))
  const request = app.authorize()
  const begun = await browser.get(request.url)
  if ('code' in appAnswer(begun)) return redeem(app, browser, [begun], request)
  const again = app.authorize()
  return redeem(app, browser, await logIn(browser, again.url, 'lotte'), again)
}

const loggedInEverywhere = async () => {
  const browser = createHttpBrowser()
  const plain = await logInAt(browser, TEST_CLIENT.client_id)
  const one = await logInAt(browser, ONE)
  const two = await logInAt(browser, TWO)
  const accountId = claimsOf(plain.id_token).sub as AccountId
  return { browser, plain, one, two, accountId }
}

const refresh = async (tokens: Tokens, id: string) => {
  const app = createTestApp(running, client(id))
  return app.token(createHttpBrowser(), { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
}

const endSession = async (browser: HttpBrowser, form: Record<string, string> = { logout: 'yes' }, query = '') => {
  const page = await browser.get(`${running.issuer}/session/end${query}`)
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  return browser.post(`${running.issuer}/session/end/confirm`, { xsrf, ...form })
}

const auditTypes = async () =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 }))
    .map(({ type }) => type)
    .filter(type => type.startsWith('logout.'))

const access = () => createAccountAccess({ ...running.pias.store, clock: () => Date.now() + ahead })

const bothTold = () => until(() => receivers.every(({ tokens }) => tokens.length === 1))

describe('RP-initiated logout', () => {
  test('tells every app of the session, each about its own subject and session', async () => {
    const { browser, one, two } = await loggedInEverywhere()
    expect((await endSession(browser)).status).toBe(303)
    await bothTold()
    for (const [receiver, tokens] of [
      [receivers[0], one],
      [receivers[1], two],
    ] as const) {
      const { sub, sid } = claimsOf(tokens.id_token)
      expect(typeof sid).toBe('string')
      expect(receiver.tokens[0]).toMatchObject({ sub, sid, events: { [LOGOUT_EVENT]: {} } })
    }
    await until(async () => (await auditTypes()).length === 2)
    expect(await auditTypes()).toEqual(['logout.delivered', 'logout.delivered'])
  })

  test('of one app tells that app, and the session goes on', async () => {
    const { browser, one } = await loggedInEverywhere()
    await endSession(browser, {}, `?id_token_hint=${one.id_token}`)
    await until(() => receivers[0].tokens.length === 1)
    await logInAt(browser, TEST_CLIENT.client_id)
    expect(receivers[1].calls()).toBe(0)
  })

  test('16 at once: each app is told once', async () => {
    const { browser } = await loggedInEverywhere()
    const page = await browser.get(`${running.issuer}/session/end`)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const confirm = () => browser.fork().post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
    const answers: Answer[] = await Promise.all(Array.from({ length: 16 }, confirm))
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    expect(answers.some(({ status }) => status === 303)).toBe(true)
    await bothTold()
    await until(async () => (await auditTypes()).length === 2)
    expect(receivers.map(({ calls }) => calls())).toEqual([1, 1])
  })

  test('does not wait for an app, and tries again later', async () => {
    receivers[0].answer = 'hang'
    receivers[1].answer = 503
    const { browser } = await loggedInEverywhere()
    expect((await endSession(browser)).status).toBe(303)
    await until(async () => (await auditTypes()).length === 2)
    expect(await auditTypes()).toEqual(['logout.failed', 'logout.failed'])
    for (const receiver of receivers) receiver.answer = 200
    ahead += 10_000
    await bothTold()
    expect(receivers.map(({ calls }) => calls())).toEqual([2, 2])
  })

  test('gives up after five tries within a day, and says so', async () => {
    for (const receiver of receivers) receiver.answer = 500
    const { browser } = await loggedInEverywhere()
    await endSession(browser)
    for (let tries = 1; tries <= 5; tries++) {
      await until(async () => (await auditTypes()).length === 2 * tries)
      ahead += 24 * 3600 * 1000
    }
    const failed = await running.pias.store.audit.list({ after: 0, limit: 1000 })
    expect((await auditTypes()).filter(type => type === 'logout.abandoned')).toHaveLength(2)
    expect(failed.at(-1)?.data).toMatchObject({ tries: 5, reason: 'HTTP 500' })
    expect(receivers.map(({ calls }) => calls())).toEqual([5, 5])
  })
})

describe('a session that ends by itself', () => {
  test('is told when its time is over, not before, and not while it is used', async () => {
    const { browser, accountId } = await loggedInEverywhere()
    ahead = (SESSION_SECONDS + 1) * 1000
    // By the store's clock it has ended.
    await bothTold()
    expect(await running.pias.store.artifacts.findByUid('Session', 'none')).toBeUndefined()
    expect(receivers[0].tokens[0]).toMatchObject({ sub: accountId })
    expect(appAnswer(await browser.get(createTestApp(running).authorize({ prompt: 'none' }).url))).toMatchObject({
      error: 'login_required',
    })
  })

  test('that was prolonged is told at its new end', async () => {
    const { artifacts, logouts } = running.pias.store
    const { watch } = logouts
    const watched: string[] = []
    Object.assign(logouts, {
      watch: (...values: Parameters<typeof watch>) => {
        watched.push(values[0].sessionUid)
        return watch(...values)
      },
    })
    await loggedInEverywhere()
    expect(watched).toHaveLength(2)
    type Stored = { jti: string; uid: string; exp: number }
    const session = (await artifacts.findByUid('Session', watched[0] ?? ''))?.payload as Stored
    const later = { ...session, exp: session.exp + SESSION_SECONDS }
    await artifacts.upsert('Session', session.jti, later, 3 * SESSION_SECONDS, { uid: session.uid })
    ahead = (SESSION_SECONDS + 60) * 1000
    // Both are looked at, and noted anew.
    await until(() => watched.length === 4)
    expect(receivers.map(({ calls }) => calls())).toEqual([0, 0])
    ahead = 4 * SESSION_SECONDS * 1000
    await bothTold()
  })
})

describe('an account', () => {
  const expectNothingIsWorthAnything = async ({
    browser,
    plain,
    one,
  }: Awaited<ReturnType<typeof loggedInEverywhere>>) => {
    expect((await userinfo(running, browser, plain.access_token)).status).toBe(401)
    for (const [tokens, id] of [
      [plain, TEST_CLIENT.client_id],
      [one, ONE],
    ] as const) {
      const answer = await refresh(tokens, id)
      expect([answer.status, answer.json().error]).toEqual([400, 'invalid_grant'])
    }
    const silent = await browser.fork().get(createTestApp(running).authorize({ prompt: 'none' }).url)
    expect(appAnswer(silent)).toMatchObject({ error: 'login_required' })
  }

  test('that is blocked: everything ends at once, the apps are told, nobody gets in until it is unblocked', async () => {
    const everywhere = await loggedInEverywhere()
    expect(await access().block(everywhere.accountId, AUTHOR)).toBe(true)
    await expectNothingIsWorthAnything(everywhere)
    await bothTold()
    for (const browser of [everywhere.browser, createHttpBrowser()]) {
      const last = (await logIn(browser, createTestApp(running).authorize().url, 'lotte')).at(-1)
      expect(appAnswer(await leave(running, browser, last))).toMatchObject({ error: 'access_denied' })
    }
    expect(await access().unblock(everywhere.accountId, AUTHOR)).toBe(true)
    await expectNothingIsWorthAnything(everywhere)
    const back = await logInAt(everywhere.browser, TEST_CLIENT.client_id)
    expect(claimsOf(back.id_token).sub).toBe(everywhere.accountId)
  })

  test('whose logins are ended can log in again, in a session that the old logout does not reach', async () => {
    const everywhere = await loggedInEverywhere()
    receivers[0].answer = 503
    expect(await access().endLogins(everywhere.accountId, AUTHOR)).toBe(true)
    await expectNothingIsWorthAnything(everywhere)
    await until(() => receivers[0].calls() === 1)
    const again = await logInAt(everywhere.browser, ONE)
    expect((await refresh(again, ONE)).status).toBe(200)
    receivers[0].answer = 200
    ahead += 10_000
    await until(() => receivers[0].tokens.length === 1)
    expect(receivers[0].tokens[0]?.sid).toBe(claimsOf(everywhere.one.id_token).sid)
    expect(receivers[0].tokens[0]?.sid).not.toBe(claimsOf(again.id_token).sid)
  })

  test('that is erased ends like one that is blocked; the same person is somebody new', async () => {
    const everywhere = await loggedInEverywhere()
    expect(await access().erase(everywhere.accountId, AUTHOR)).toBe(true)
    await expectNothingIsWorthAnything(everywhere)
    await bothTold()
    const again = await logInAt(createHttpBrowser(), TEST_CLIENT.client_id)
    expect(claimsOf(again.id_token).sub).not.toBe(everywhere.accountId)
  })

  test('a code that was not redeemed yet is worth nothing either', async () => {
    const { accountId } = await loggedInEverywhere()
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize()
    const answers = await logIn(browser, request.url, 'lotte')
    await access().endLogins(accountId, AUTHOR)
    const answer = await app.redeem(browser, answers.at(-1)?.location ?? '', request)
    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_grant'])
  })

  test('that does not exist is told so', async () => {
    const unknown = 'nobody' as AccountId
    expect([
      await access().block(unknown, AUTHOR),
      await access().unblock(unknown, AUTHOR),
      await access().endLogins(unknown, AUTHOR),
    ]).toEqual(Array(3).fill(false))
  })
})
