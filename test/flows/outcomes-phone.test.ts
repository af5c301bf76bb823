import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, atApp, createTestApp, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/**
 * A login that begins on a phone ends on that phone: the browser is sent to itsme's own address, which the phone opens
 * in the itsme app (a universal link on iOS, an app link on Android), and the app sends the same browser back.
 */
const PHONES = [
  [
    'iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  ],
  [
    'Android',
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  ],
] as const

let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

/** The itsme app on that phone: asks who approves, and opens the answer. It shares no cookie with any browser. */
const approveInApp = async (link: string, persona: string): Promise<string> => {
  const app = createHttpBrowser()
  const page = await app.get(link)
  expect(page.body).not.toMatch(/\bQR\b|<canvas|<svg|<img/i)
  const action = /name="action" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const decided = await app.post(`${running.simulator.issuer}/authorization/decision`, { action, persona })
  return decided.location ?? ''
}

describe.each(PHONES)('a login that begins on a phone (%s)', (_phone, agent) => {
  const onPhone = (browser: HttpBrowser) => ({
    get: (url: string) => browser.get(url, { 'user-agent': agent }),
  })

  test('is one redirect to the itsme app and one back, in one browser, on no other device', async () => {
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const phone = onPhone(browser)
    const watch = watchRequests(running.simulator.origin)
    const request = app.authorize({ ui_locales: 'en' })

    const begun = await phone.get(request.url)
    // An app link works from a redirect of the tap, but not by way of a page or a second hop in between.
    expect([begun.status, begun.body.includes('<html')]).toEqual([303, false])
    const link = new URL(begun.location ?? '')
    expect(`${link.origin}${link.pathname}`).toBe(`${running.simulator.issuer}/authorization`)
    // Nothing that would make itsme ask for a number, or show a code to scan with another device.
    for (const name of ['login_hint', 'prompt', 'display']) expect(link.searchParams.has(name)).toBe(false)

    const callback = await approveInApp(link.href, 'lotte')
    expect(callback.startsWith(`${running.issuer}/callback/itsme?`)).toBe(true)
    const back = await phone.get(callback)
    const resumed = await phone.get(back.location ?? '')
    expect(atApp(resumed.location ?? '')).toBe(true)
    const tokens = await redeem(app, browser, [resumed], request)
    expect((await userinfo(running, browser, tokens.access_token)).json()).toMatchObject({
      family_name: 'Vandenbroucke',
    })
    expect(watch.count('/v2/token')).toBe(1)
    watch.stop()

    // This browser has the session now, and no other.
    expect(appAnswer(await phone.get(app.authorize({ prompt: 'none' }).url))).toHaveProperty('code')
    const other = onPhone(createHttpBrowser())
    expect(appAnswer(await other.get(app.authorize({ prompt: 'none' }).url))).toMatchObject({ error: 'login_required' })
  })

  test('that is refused in the app ends on the phone as well, on a page without any code to scan', async () => {
    const phone = onPhone(createHttpBrowser())
    const begun = await phone.get(createTestApp(running).authorize({ ui_locales: 'en' }).url)
    const back = await phone.get(await approveInApp(begun.location ?? '', 'refuse'))
    const page = await phone.get(back.location ?? '')
    expect([page.status, /\bQR\b|<canvas|<img/i.test(page.body)]).toEqual([200, false])
    const [, retry = ''] = /href="(\/interaction\/[\w-]+\/retry)"/.exec(page.body) ?? []
    expect((await phone.get(`${running.issuer}${retry}`)).location?.startsWith(running.simulator.issuer)).toBe(true)
  })
})
