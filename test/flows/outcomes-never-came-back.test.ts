import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, atApp, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/**
 * Who lets the request in the app run out, closes it, or has no itsme account stays at itsme: nothing comes back.
 * All that is left is the browser that began, and the time.
 */
let running: RunningPias
let watch: ReturnType<typeof watchRequests>
let ahead = 0
beforeEach(async () => {
  ahead = 0
  running = await startPias({ clock: () => Date.now() + ahead })
  watch = watchRequests(running.simulator.origin)
})
afterEach(async () => {
  watch.stop()
  await running.close()
})

const simulate = async (action: string, body: object) => {
  const answer = await fetch(`${running.simulator.origin}/_sim/${action}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

const headingOf = (page: Answer | undefined): string | undefined => /<h1>([^<]+)/.exec(page?.body ?? '')?.[1]

/** A login whose browser is at itsme and has not come back. */
const leave = async () => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize({ ui_locales: 'en' })
  const atItsme = (await browser.get(request.url)).location ?? ''
  const [uid = ''] = new URL(atItsme).searchParams.get('state')?.split('.') ?? []
  return { app, browser, request, atItsme, page: `${running.issuer}/interaction/${uid}` }
}

const expectNothing = async () => {
  expect(await running.pias.store.audit.list({ after: 0, limit: 10 })).toEqual([])
  expect(watch.count('/v2/token')).toBe(0)
}

describe.each(['timeout', 'abandon'])('a request that ends in "%s" at itsme', outcome => {
  test('leaves the attempt open: its page offers itsme again, and that works', async () => {
    const { app, browser, request, atItsme, page } = await leave()
    await simulate('config', { outcome })
    const stuck = await browser.get(asPersona(atItsme, 'lotte'))
    expect([stuck.status, stuck.location]).toEqual([200, undefined])

    // For PIAS alone: its client has taken itsme's time from the first leg.
    ahead = 600_000
    const waiting = await browser.get(page)
    expect([waiting.status, isOwnPage(waiting), headingOf(waiting)]).toEqual([200, true, 'Continue with itsme'])
    await expectNothing()

    await simulate('config', { outcome: 'approve' })
    const again = await browser.get(`${page}/retry`)
    const answers = await browser.follow(asPersona(again.location, 'lotte'), atApp)
    expect(appAnswer(answers.at(-1))).toMatchObject({ state: request.state, iss: running.issuer })
    expect(await redeem(app, browser, answers, request)).toHaveProperty('id_token')
  })

  test('can be given up: the app is told', async () => {
    const { browser, request, atItsme, page } = await leave()
    await simulate('config', { outcome })
    await browser.get(asPersona(atItsme, 'lotte'))
    expect((await browser.get(page)).body).toContain('/cancel"')
    const answers = await browser.follow(`${page}/cancel`, atApp)
    expect(appAnswer(answers.at(-1))).toMatchObject({ error: 'access_denied', state: request.state })
    await expectNothing()
  })
})

test('the back button leads from itsme to the app’s request again, which is one more login and no worse', async () => {
  const { app, browser, request, page } = await leave()
  const second = await browser.get(request.url)
  const answers = await browser.follow(asPersona(second.location, 'lotte'), atApp)
  expect(await redeem(app, browser, answers, request)).toHaveProperty('id_token')
  expect(headingOf(await browser.get(page))).toBe('Continue with itsme')
})

test('after half an hour it is over, on a page that says so; an answer as late as that logs nobody in', async () => {
  const { app, browser, atItsme, page } = await leave()
  ahead = 1_801_000
  const late = (await browser.get(asPersona(atItsme, 'lotte'))).location ?? ''
  expect(new URL(late).searchParams.get('code')).toEqual(expect.any(String))
  for (const url of [page, `${page}/retry`, `${page}/cancel`, late]) {
    const over = await browser.get(url, { 'accept-language': 'en' })
    expect([url, over.status, over.location, isOwnPage(over)]).toEqual([url, 400, undefined, true])
    expect(headingOf(over)).toBe('This took too long')
    expect(over.body).toContain('Start again in the app.')
  }
  await expectNothing()
  expect(appAnswer(await browser.get(app.authorize({ prompt: 'none' }).url))).toMatchObject({ error: 'login_required' })

  const request = app.authorize()
  const answers = await logIn(browser, request.url, 'lotte')
  expect(await redeem(app, browser, answers, request)).toHaveProperty('id_token')
})
