import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, atApp, createTestApp, redeem, toCallback, userinfo } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { slowDownStore } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/** What a person sees when itsme says no, says nothing or says something wrong, and how it goes on from there. */
let running: RunningPias
let watch: ReturnType<typeof watchRequests>
let ahead = 0
beforeEach(async () => {
  ahead = 0
  running = await startPias({
    clock: () => Date.now() + ahead,
    config: { upstreams: { itsme: { timeouts: { callMs: 1500, totalMs: 3000 } } } },
  })
  watch = watchRequests(running.simulator.origin)
})
afterEach(async () => {
  watch.stop()
  await running.close()
})

const simulate = async (action: string, body: object) => {
  const url = `${running.simulator.origin}/_sim/${action}`
  const json = { 'content-type': 'application/json' }
  expect((await createHttpBrowser().send('POST', url, JSON.stringify(body), json)).status).toBe(200)
}

const fault = (endpoint: string, kind: string, count = 1) => simulate('fault', { endpoint, kind, count })

/** Lets time pass for PIAS and for itsme. */
const pass = async (seconds: number) => {
  ahead += seconds * 1000
  await simulate('clock', { offsetSeconds: ahead / 1000 })
}

const exchanges = (): number => watch.count('/v2/token')

/** A login up to the simulator's answer, which PIAS has not seen yet. */
const begin = async (persona = 'lotte') => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize({ ui_locales: 'en' })
  return { app, browser, request, callback: await toCallback(browser, request.url, persona) }
}
type Login = Awaited<ReturnType<typeof begin>>

const linkOn = (page: Answer | undefined, path: string): string => {
  const href = new RegExp(`href="(/interaction/[\\w-]+/${path})"`).exec(page?.body ?? '')?.[1]
  if (href === undefined) throw new Error(`no ${path} on a page with status ${page?.status}`)
  return running.issuer + href
}

const headingOf = (page: Answer | undefined): string | undefined => /<h1>([^<]+)/.exec(page?.body ?? '')?.[1]

/** A page of ours that offers another try and the way out, and is there again when it is loaded again. */
const expectTrouble = async ({ browser }: Pick<Login, 'browser'>, page: Answer | undefined, heading: string) => {
  expect([page?.status, isOwnPage(page)]).toEqual([200, true])
  expect(headingOf(page)).toBe(heading)
  expect(headingOf(await browser.get(linkOn(page, 'retry').replace('/retry', '')))).toBe(heading)
  expect(linkOn(page, 'cancel')).toBeDefined()
}

const nothingWritten = async () => {
  const events = await running.pias.store.audit.list({ after: 0, limit: 100 })
  expect(events).toEqual([])
}

/** Clicks "try again", approves, and is logged in. */
const retryAndFinish = async ({ app, browser, request }: Omit<Login, 'callback'>, page: Answer | undefined) => {
  const again = await browser.get(linkOn(page, 'retry'))
  const answers = await browser.follow(asPersona(again.location, 'lotte'), atApp)
  expect(appAnswer(answers.at(-1))).toMatchObject({ state: request.state, iss: running.issuer })
  const tokens = await redeem(app, browser, answers, request)
  expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
  return again
}

const DENIED = 'You are not logged in'
const UNAVAILABLE = 'itsme is not answering just now'
const INVALID = 'Something went wrong with itsme'

describe('a person who refuses', () => {
  test('sees a page, tries again in the same attempt, and is logged in', async () => {
    const login = await begin('refuse')
    const page = (await login.browser.follow(login.callback, atApp)).at(-1)
    await expectTrouble(login, page, DENIED)
    await nothingWritten()
    expect(exchanges()).toBe(0)
    const again = await retryAndFinish(login, page)
    const attempt = (url: string | undefined) => new URL(url ?? '').searchParams.get('state')?.split('.')[0]
    expect(attempt(again.location)).toBe(attempt(login.callback))
    expect(exchanges()).toBe(1)
  })

  test('or leaves for the app, which gets access_denied', async () => {
    const login = await begin('refuse')
    const page = (await login.browser.follow(login.callback, atApp)).at(-1)
    const answers = await login.browser.follow(linkOn(page, 'cancel'), atApp)
    expect(appAnswer(answers.at(-1))).toMatchObject({ error: 'access_denied', state: login.request.state })
  })
})

test.each([
  ['login_required', DENIED],
  ['temporary_unavailable', UNAVAILABLE],
  ['invalid_scope', INVALID],
])('the outcome "%s" of itsme is a page, and the next try works', async (kind, heading) => {
  await fault('authorization', kind)
  const login = await begin()
  const page = (await login.browser.follow(login.callback, atApp)).at(-1)
  await expectTrouble(login, page, heading)
  await nothingWritten()
  await retryAndFinish(login, page)
})

describe('itsme out of reach at the start', () => {
  test('is a page of this login; "try again" works as soon as itsme does', async () => {
    await fault('discovery', 'drop', 2)
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize({ ui_locales: 'en' })
    const page = (await browser.follow(request.url, atApp)).at(-1)
    await expectTrouble({ browser }, page, UNAVAILABLE)

    await pass(6)
    const still = (await browser.follow(linkOn(page, 'retry'), atApp)).at(-1)
    await expectTrouble({ browser }, still, UNAVAILABLE)
    await pass(6)
    await retryAndFinish({ app, browser, request }, still)
    expect(exchanges()).toBe(1)
  })

  test('can be left: the app gets its answer', async () => {
    await fault('discovery', 'error')
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize({ ui_locales: 'en' })
    const page = (await browser.follow(request.url, atApp)).at(-1)
    const answers = await browser.follow(linkOn(page, 'cancel'), atApp)
    expect(appAnswer(answers.at(-1))).toMatchObject({ error: 'access_denied', state: request.state })
  })

  test('does not end sessions that exist, nor refreshes', async () => {
    const login = await begin()
    const { app, browser, request } = login
    const tokens = await redeem(app, browser, await browser.follow(login.callback, atApp), request)
    await running.simulator.close()
    running = { ...running, simulator: { ...running.simulator, close: async () => undefined } }
    const next = app.authorize()
    expect(appAnswer(await browser.get(next.url))).toHaveProperty('code')
    const refreshed = await app.token(browser, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
    expect(refreshed.status).toBe(200)
  })
})

describe('an exchange that fails', () => {
  const heading = (kind: string) => (['error', 'timeout', 'drop'].includes(kind) ? UNAVAILABLE : INVALID)

  test.each([
    'error',
    'timeout',
    'drop',
    'bad-signature',
    'unknown-key',
    'not-encrypted',
    'alg-none',
    'plain-json',
    'json-in-jwe',
    'wrong-issuer',
    'wrong-audience',
    'two-audiences',
    'wrong-nonce',
    'expired',
    'future',
    'no-expiry',
    'oversized',
  ])('by "%s" is a page: nothing is written, the code is not tried again, a new try works', async kind => {
    await fault('token', kind)
    const login = await begin()
    const page = (await login.browser.follow(login.callback, atApp)).at(-1)
    await expectTrouble(login, page, heading(kind))
    await nothingWritten()
    expect(exchanges()).toBe(1)

    const reloaded = (await login.browser.follow(login.callback, atApp)).at(-1)
    await expectTrouble(login, reloaded, heading(kind))
    expect(exchanges()).toBe(1)

    await retryAndFinish(login, page)
    expect(exchanges()).toBe(2)
  })

  test.each([
    'error',
    'timeout',
    'drop',
    'bad-signature',
    'not-encrypted',
    'json-in-jwe',
    'wrong-audience',
    'wrong-subject',
    'expired',
    'oversized',
  ])('at userinfo by "%s" is the same page, and ends no login half-way', async kind => {
    await fault('userinfo', kind)
    // Of this person the ID token tells too little.
    const login = await begin('no-birthdate')
    const page = (await login.browser.follow(login.callback, atApp)).at(-1)
    await expectTrouble(login, page, heading(kind))
    await nothingWritten()
    expect([exchanges(), watch.count('/v2/userinfo')]).toEqual([1, 1])
    await retryAndFinish(login, page)
  })

  test('logs what was wrong, and nothing of the person, the code or a token', async () => {
    await fault('token', 'bad-signature')
    const login = await begin()
    await login.browser.follow(login.callback, atApp)
    const text = JSON.stringify(running.log)
    expect(text).toContain('upstream.invalid_response')
    const code = new URL(login.callback).searchParams.get('code') ?? ''
    for (const secret of [code, 'Lotte', 'Vandenbroucke', 'eyJ']) expect(text).not.toContain(secret)
  })
})

test('8 parallel clicks on "try again" all begin a leg that was stored, and the last of these counts', async () => {
  slowDownStore(running.pias.store)
  const login = await begin('refuse')
  const page = (await login.browser.follow(login.callback, atApp)).at(-1)
  const retry = linkOn(page, 'retry')
  const version = async () => (await running.pias.store.attempts.find(retry.split('/').at(-2) ?? ''))?.version ?? 0
  const before = await version()
  const toItsme = (location: string) => location.startsWith(running.simulator.origin)
  const clicks = await Promise.all(Array.from({ length: 8 }, () => login.browser.follow(retry, toItsme)))
  expect((await version()) - before).toBe(8)

  const callbacks = clicks.map(answers => asPersona(answers.at(-1)?.location, 'lotte'))
  const outcomes = []
  for (const url of callbacks) outcomes.push((await login.browser.follow(url, atApp)).at(-1))
  expect(outcomes.filter(outcome => appAnswer(outcome).code !== undefined)).toHaveLength(1)
  expect(outcomes.filter(outcome => (outcome?.status ?? 500) >= 500)).toEqual([])
  expect(exchanges()).toBe(1)
})
