import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, atApp, createTestApp, logIn, redeem, toCallback } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/** The upstream's callback in the wrong hands, or twice in the right ones: login CSRF, fixation. */
let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

const start = async (persona = 'lotte') => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize()
  return { app, browser, request, callback: await toCallback(browser, request.url, persona) }
}

/** The address of the upstream for a login that has begun. */
const begin = async () => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize()
  const { location } = await browser.get(request.url)
  return { app, browser, request, upstream: location }
}

const titleOf = (page: Answer | undefined): string => /<h1[^>]*>([^<]+)/.exec(page?.body ?? '')?.[1]?.trim() ?? ''
const isLoggedOut = async (browser: ReturnType<typeof createHttpBrowser>) => {
  const answer = await browser.get(createTestApp(running).authorize({ prompt: 'none' }).url)
  return appAnswer(answer).error === 'login_required'
}

describe('a callback', () => {
  test('without the cookie shows "elsewhere", logs nobody in, and is not used up by that', async () => {
    const { app, browser, request, callback } = await start()
    const watch = watchRequests(running.simulator.origin)
    const stranger = createHttpBrowser()
    const page = await stranger.get(callback)
    watch.stop()
    expect([page.status, page.location, isOwnPage(page)]).toEqual([400, undefined, true])
    expect(watch.seen).toEqual([])
    expect(page.setCookies).toEqual([])
    expect(await isLoggedOut(stranger)).toBe(true)

    const answers = await browser.follow(callback, atApp)
    expect(await redeem(app, browser, answers, request)).toHaveProperty('id_token')
  })

  test('of another browser is refused in a browser with an attempt of its own', async () => {
    const attacker = await start('thomas')
    const victim = await begin()
    const page = await victim.browser.get(attacker.callback)
    expect([page.status, page.location, isOwnPage(page)]).toEqual([400, undefined, true])
    expect(await isLoggedOut(victim.browser)).toBe(true)
    const back = await victim.browser.follow(asPersona(victim.upstream, 'lotte'), atApp)
    expect(appAnswer(back.at(-1))).toHaveProperty('code')
  })

  test('with the own state and the code of another person logs nobody in', async () => {
    const attacker = await start('thomas')
    const victim = await start('lotte')
    const injected = new URL(victim.callback)
    injected.searchParams.set('code', new URL(attacker.callback).searchParams.get('code') ?? '')
    const answers = await victim.browser.follow(injected.href, atApp)
    expect([answers.at(-1)?.location, isOwnPage(answers.at(-1))]).toEqual([undefined, true])
    expect(await isLoggedOut(victim.browser)).toBe(true)
  })

  test.each([
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['an empty state', (url: URL) => url.searchParams.set('state', '')],
    ['two states', (url: URL) => url.searchParams.append('state', 'x')],
    ['a made-up state', (url: URL) => url.searchParams.set('state', 'made.up')],
    ['a state of 8 kB', (url: URL) => url.searchParams.set('state', `${'x'.repeat(8000)}.y`)],
    ['a state with a null byte', (url: URL) => url.searchParams.set('state', 'a\0.b')],
    ['a changed state', (url: URL) => url.searchParams.set('state', `${url.searchParams.get('state')}x`)],
    ['the path of another upstream', (url: URL) => Object.assign(url, { pathname: '/callback/other' })],
  ])('with %s is a 400 page and uses nothing up', async (_name, change) => {
    const { app, browser, request, callback } = await start()
    const changed = new URL(callback)
    change(changed)
    const page = await browser.get(changed.href)
    expect([page.status, page.location, isOwnPage(page)]).toEqual([400, undefined, true])
    expect(await redeem(app, browser, await browser.follow(callback, atApp), request)).toHaveProperty('id_token')
  })

  test('with the state of an earlier leg is refused', async () => {
    const { browser, callback } = await start()
    const uid = (new URL(callback).searchParams.get('state') ?? '').split('.')[0]
    const again = await browser.get(`${running.issuer}/interaction/${uid}/retry`)
    expect(again.location).toMatch(running.simulator.origin)
    const old = await browser.get(callback)
    expect([old.status, old.location, isOwnPage(old)]).toEqual([400, undefined, true])
    const answers = await browser.follow(asPersona(again.location, 'lotte'), atApp)
    expect(appAnswer(answers.at(-1))).toHaveProperty('code')
  })

  test('that is loaded again after the login says that it is finished, and exchanges nothing', async () => {
    const { browser, callback } = await start()
    const first = await browser.follow(callback, atApp)
    expect(appAnswer(first.at(-1))).toHaveProperty('code')
    const watch = watchRequests(running.simulator.origin)
    const again = await browser.follow(callback, atApp)
    watch.stop()
    expect(watch.seen).toEqual([])
    expect([again.at(-1)?.status, isOwnPage(again.at(-1))]).toEqual([400, true])
    const uid = (new URL(callback).searchParams.get('state') ?? '').split('.')[0]
    const old = await browser.follow(`${running.issuer}/interaction/${uid}`, atApp)
    expect(titleOf(old.at(-1))).toBe(titleOf(again.at(-1)))
    const never = await browser.get(`${running.issuer}/auth/never-was`)
    expect(titleOf(again.at(-1))).not.toBe(titleOf(never))
    expect(await isLoggedOut(browser)).toBe(false)
  })
})

describe('the way back into the authorization endpoint', () => {
  test('is closed to a browser that did not begin there', async () => {
    const { browser, callback } = await start()
    const resume = (await browser.get(callback)).location ?? ''
    const stranger = createHttpBrowser()
    const page = await stranger.get(resume)
    expect([page.status, page.location, isOwnPage(page)]).toEqual([400, undefined, true])
    const other = await begin()
    expect((await other.browser.get(resume)).location).toBeUndefined()
    expect(await isLoggedOut(other.browser)).toBe(true)
    expect(appAnswer(await browser.get(resume))).toHaveProperty('code')
  })

  test('before the person has come back leads to the upstream again, with no code', async () => {
    const { browser, callback } = await start()
    const uid = (new URL(callback).searchParams.get('state') ?? '').split('.')[0]
    const early = await browser.get(`${running.issuer}/auth/${uid}`)
    expect(atApp(early.location ?? '')).toBe(false)
    expect(early.status).toBeLessThan(500)
  })
})

test('a finished login cannot be cancelled into an error, nor answered again', async () => {
  const { browser, callback } = await start()
  await logIn(createHttpBrowser(), createTestApp(running).authorize().url, 'lotte')
  await browser.follow(callback, atApp)
  const uid = (new URL(callback).searchParams.get('state') ?? '').split('.')[0]
  for (const path of ['/cancel', '/retry', '/prove', '/new']) {
    const answers = await browser.follow(`${running.issuer}/interaction/${uid}${path}`, atApp)
    expect([path, answers.at(-1)?.status, appAnswer(answers.at(-1))]).toEqual([path, 400, {}])
  }
})
