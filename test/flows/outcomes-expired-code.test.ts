import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, atApp, createTestApp, redeem, toCallback } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/** itsme's code lives three minutes: who brings it later has confirmed in vain, and must be told so. */
let running: RunningPias
let watch: ReturnType<typeof watchRequests>
beforeAll(async () => {
  running = await startPias()
  watch = watchRequests(running.simulator.origin)
})
afterAll(async () => {
  watch.stop()
  await running.close()
})

/** itsme's clock against PIAS's, in seconds. Less than a minute ahead, so that PIAS's client assertion is still valid. */
const setClock = async (offsetSeconds: number) => {
  const url = `${running.simulator.origin}/_sim/clock`
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ offsetSeconds }) })
  expect(answer.status).toBe(200)
}

test('a code that comes after three minutes ends in a page, writes nothing, and the next try works', async () => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize({ ui_locales: 'en' })
  await setClock(-150)
  const callback = await toCallback(browser, request.url, 'lotte')
  await setClock(35)

  const page = (await browser.follow(callback, atApp)).at(-1)
  expect([page?.status, isOwnPage(page)]).toEqual([200, true])
  expect(page?.body).toContain('Your confirmation has expired')
  expect(page?.body).toContain('itsme')
  const [, path = ''] = /href="(\/interaction\/[\w-]+)\/retry"/.exec(page?.body ?? '') ?? []
  expect(page?.body).toContain(`href="${path}/cancel"`)
  expect(await running.pias.store.audit.list({ after: 0, limit: 10 })).toEqual([])
  expect(appAnswer(await browser.fork().get(app.authorize({ prompt: 'none' }).url))).toMatchObject({
    error: 'login_required',
  })

  // Loaded again, or sent again: the same page, and the code is not tried a second time.
  const reloaded = await browser.get(`${running.issuer}${path}`)
  expect(reloaded.body).toContain('Your confirmation has expired')
  expect((await browser.follow(callback, atApp)).at(-1)?.body).toContain('Your confirmation has expired')
  expect(watch.count('/v2/token')).toBe(1)

  await setClock(0)
  const again = await browser.get(`${running.issuer}${path}/retry`)
  const answers = await browser.follow(asPersona(again.location, 'lotte'), atApp)
  expect(appAnswer(answers.at(-1))).toMatchObject({ state: request.state, iss: running.issuer })
  expect(await redeem(app, browser, answers, request)).toHaveProperty('id_token')
  expect(watch.count('/v2/token')).toBe(2)
})
