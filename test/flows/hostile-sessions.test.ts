import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  asPersona,
  atApp,
  claimsOf,
  createTestApp,
  logIn,
  REDIRECT_URI,
  redeem,
  userinfo,
} from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { PATIENT, slowDownStore } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/** Several people, tabs and apps in one browser. Whatever happens, nobody sees a page of the library's. */
const OTHER_CLIENT = {
  ...TEST_CLIENT,
  client_id: 'other-app',
  client_name: 'Other synthetic app',
  scope: 'openid profile',
}

let running: RunningPias
beforeAll(async () => {
  running = await startPias({ config: PATIENT, clients: [OTHER_CLIENT] })
  slowDownStore(running.pias.store)
})
afterAll(() => running.close())

const onlyOwnPages = (answers: readonly Answer[]): void => {
  for (const answer of answers) {
    expect(answer.status).toBeLessThan(500)
    if (answer.location === undefined) expect(isOwnPage(answer)).toBe(true)
  }
}

/** One login in a browser, up to the claims at the app. */
const logInAs = async (browser: HttpBrowser, persona: string, extra: Record<string, string> = {}) => {
  const app = createTestApp(running)
  const request = app.authorize(extra)
  const answers = await logIn(browser, request.url, persona)
  onlyOwnPages(answers.filter((_, index) => index !== 1))
  const tokens = await redeem(app, browser, answers, request)
  return { answers, tokens, claims: claimsOf(tokens.id_token) }
}

/** Who is logged in, as an app learns it without a page. */
const whoIsIn = async (browser: HttpBrowser): Promise<unknown> => {
  const app = createTestApp(running)
  const request = app.authorize({ prompt: 'none' })
  const answer = await browser.get(request.url)
  const { error } = appAnswer(answer)
  return error ?? claimsOf((await redeem(app, browser, [answer], request)).id_token).sub
}

/** A login that has begun in a tab: call it to come back from the simulator as this persona. */
const openTab = async (browser: HttpBrowser, client = TEST_CLIENT, extra: Record<string, string> = {}) => {
  const app = createTestApp(running, client, 'openid profile')
  const request = app.authorize(extra)
  const { location } = await browser.get(request.url)
  return async (persona: string) => {
    const answers = await browser.follow(asPersona(location, persona), atApp)
    onlyOwnPages(answers.slice(1))
    const sub = appAnswer(answers.at(-1)).code && claimsOf((await redeem(app, browser, answers, request)).id_token).sub
    return { answers, sub }
  }
}

describe('another person in the same browser', () => {
  test('by prompt=login replaces the session, without a page', async () => {
    const browser = createHttpBrowser()
    const first = await logInAs(browser, 'lotte')
    const second = await logInAs(browser, 'thomas', { prompt: 'login' })
    expect(second.claims.sub).not.toBe(first.claims.sub)
    expect(second.answers.map(({ status }) => status)).toEqual([303, 302, 303, 303])
    expect(await whoIsIn(browser)).toBe(second.claims.sub)
  })

  test('who began before the first one was logged in replaces the session too', async () => {
    const browser = createHttpBrowser()
    const tabs = [await openTab(browser), await openTab(browser, OTHER_CLIENT)] as const
    const lotte = await tabs[0]('lotte')
    const thomas = await tabs[1]('thomas')
    expect([lotte.sub, thomas.sub]).toEqual([expect.any(String), expect.any(String)])
    expect(thomas.sub).not.toBe(lotte.sub)
    expect(await whoIsIn(browser)).toBe(thomas.sub)
  })

  test('does not keep the tokens of the first alive that ended with the session', async () => {
    const browser = createHttpBrowser()
    const app = createTestApp(running, TEST_CLIENT, 'openid profile')
    const request = app.authorize()
    const tokens = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
    await logInAs(browser, 'thomas', { prompt: 'login' })
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(401)
  })

  test('the same person by prompt=login stays the same, with a new time of authentication', async () => {
    const browser = createHttpBrowser()
    const first = await logInAs(browser, 'lotte')
    const again = await logInAs(browser, 'lotte', { prompt: 'login' })
    expect(again.claims.sub).toBe(first.claims.sub)
    expect(Number(again.claims.auth_time)).toBeGreaterThanOrEqual(Number(first.claims.auth_time))
    expect((await userinfo(running, browser, first.tokens.access_token)).status).toBe(200)
  })
})

describe('several tabs', () => {
  test('of two apps, opened together, both finish, in either order', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const browser = createHttpBrowser()
      const tabs = [await openTab(browser), await openTab(browser, OTHER_CLIENT)]
      const subs = []
      for (const index of order) subs.push((await tabs[index]?.('lotte'))?.sub)
      expect(subs[0]).toEqual(expect.any(String))
      expect(subs[1]).toBe(subs[0])
    }
  })

  test('of one app, coming back at the same moment, both finish', async () => {
    const browser = createHttpBrowser()
    const tabs = await Promise.all([openTab(browser), openTab(browser), openTab(browser, OTHER_CLIENT)])
    const ends = await Promise.all(tabs.map(back => back('lotte')))
    expect(ends.map(({ sub }) => sub)).toEqual(Array(3).fill(await whoIsIn(browser)))
  })

  test('that are given up leave the cookie header small, and the last ones work', async () => {
    const browser = createHttpBrowser()
    const tabs = []
    for (let index = 0; index < 30; index++) tabs.push(await openTab(browser))
    const watch = watchRequests(running.issuer)
    await browser.get(`${running.issuer}/auth`)
    const last = await tabs.at(-1)?.('lotte')
    watch.stop()
    expect(last?.sub).toEqual(expect.any(String))
    const sizes = watch.seen.map(({ headers }) => headers.cookie?.length ?? 0)
    expect(Math.max(...sizes)).toBeGreaterThan(0)
    expect(Math.max(...sizes)).toBeLessThan(4096)

    const first = await tabs[0]?.('lotte')
    expect(first?.answers.at(-1)?.status).toBe(400)
  })
})

describe('a session whose account is gone', () => {
  /** What erasing an account will do; there is no port for it yet. */
  const eraseAccount = (sub: unknown): void => {
    const db = new DatabaseSync(join(running.dataDir, 'durable.db'))
    for (const table of ['customer_links', 'identities']) {
      db.prepare(`DELETE FROM ${table} WHERE account_id = ?`).run(String(sub))
    }
    expect(db.prepare('DELETE FROM accounts WHERE id = ?').run(String(sub)).changes).toBe(1)
    db.close()
  }

  test('is none: tokens end, and the next login goes to the upstream and makes a new account', async () => {
    const browser = createHttpBrowser()
    const first = await logInAs(browser, 'thomas')
    eraseAccount(first.claims.sub)
    expect(await whoIsIn(browser)).toBe('login_required')
    expect((await userinfo(running, browser, first.tokens.access_token)).status).toBe(401)
    const refreshed = await createTestApp(running).token(browser, {
      grant_type: 'refresh_token',
      refresh_token: first.tokens.refresh_token,
    })
    expect([refreshed.status, refreshed.json().error]).toEqual([400, 'invalid_grant'])

    const second = await logInAs(browser, 'thomas')
    expect(second.answers).toHaveLength(4)
    expect(second.claims.sub).not.toBe(first.claims.sub)
    expect(await whoIsIn(browser)).toBe(second.claims.sub)
    expect(second.answers.at(-1)?.location).toMatch(REDIRECT_URI)
  })
})
