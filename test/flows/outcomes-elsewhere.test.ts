import { createHttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  asPersona,
  atApp,
  claimsOf,
  createTestApp,
  logIn,
  redeem,
  toCallback,
} from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/**
 * itsme's app may open the answer in another browser than the one that asked. That one must never be logged in: else
 * whoever sends somebody a link gets their session, or the other way round (RFC 9700, 4.7). Nor may it hand the answer
 * over to the first: the one who began may be a stranger.
 */
const START_AT = 'https://app.example/login'
const APP = {
  client_id: 'app-with-entry',
  client_name: 'Synthetic app with an entry',
  client_secret: 'another synthetic secret of enough characters',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['http://127.0.0.1:9/callback'],
  initiate_login_uri: START_AT,
}

let running: RunningPias
let watch: ReturnType<typeof watchRequests>
beforeAll(async () => {
  running = await startPias({ clients: [APP] })
  watch = watchRequests(running.simulator.origin)
})
afterAll(async () => {
  watch.stop()
  await running.close()
})

const audit = () => running.pias.store.audit.list({ after: 0, limit: 100 })

/** A login in a first browser whose answer came out in a second one. */
const answerElsewhere = async () => {
  const app = createTestApp(running, APP, 'openid profile customer')
  const [first, second] = [createHttpBrowser(), createHttpBrowser()]
  const request = app.authorize({ ui_locales: 'en' })
  const callback = await toCallback(first, request.url, 'lotte')
  const [uid = ''] = new URL(callback).searchParams.get('state')?.split('.') ?? []
  const before = await running.pias.store.attempts.find(uid)
  const events = await audit()
  const exchanged = watch.count('/v2/token')
  const page = await second.get(callback, { 'accept-language': 'en' })
  return {
    app,
    first,
    second,
    request,
    callback,
    uid,
    before,
    events,
    exchanged,
    page,
    url: `${running.issuer}/interaction/${uid}`,
  }
}

test('the second browser gets a page that says where to go on, and no session by any way', async () => {
  const { app, second, page, url, callback } = await answerElsewhere()
  expect([page.status, isOwnPage(page), page.setCookies]).toEqual([400, true, []])
  expect(page.body).toContain('Continue where you started')
  expect(page.body).toContain(`href="${START_AT}"`)
  expect(page.body).not.toMatch(/Lotte|Vandenbroucke|\/retry|\/cancel/)
  for (const path of ['', '/retry', '/cancel', '/prove', '/new']) {
    const answer = await second.get(`${url}${path}`)
    expect([answer.status, answer.location]).toEqual([400, undefined])
  }
  expect((await second.get(callback)).status).toBe(400)
  expect(appAnswer(await second.get(app.authorize({ prompt: 'none' }).url))).toMatchObject({ error: 'login_required' })
})

test('nothing is used up by it: no code is exchanged, the attempt stays as it was, nothing is written', async () => {
  const { before, events, exchanged, uid } = await answerElsewhere()
  expect(watch.count('/v2/token')).toBe(exchanged)
  expect(await running.pias.store.attempts.find(uid)).toEqual(before)
  expect(await audit()).toEqual(events)
})

test('the first tab goes on from its own page: a click, and a login in that browser', async () => {
  const { app, first, second, request, url, uid, exchanged } = await answerElsewhere()
  const page = await first.get(url)
  expect([page.status, isOwnPage(page)]).toEqual([200, true])
  expect(page.body).toContain('another browser')
  expect(page.body).toContain(`href="/interaction/${uid}/cancel"`)
  const again = await first.get(`${url}/retry`)
  const answers = await first.follow(asPersona(again.location, 'lotte'), atApp)
  expect(appAnswer(answers.at(-1))).toMatchObject({ state: request.state })
  expect(await redeem(app, first, answers, request)).toHaveProperty('id_token')
  expect(watch.count('/v2/token')).toBe(exchanged + 1)
  expect(appAnswer(await second.get(app.authorize({ prompt: 'none' }).url))).toMatchObject({ error: 'login_required' })
})

test('the first tab goes on by itself where itsme sends it back as well', async () => {
  const { app, first, request, callback } = await answerElsewhere()
  const answers = await first.follow(callback, atApp)
  expect(appAnswer(answers.at(-1))).toMatchObject({ state: request.state })
  expect(await redeem(app, first, answers, request)).toHaveProperty('id_token')
})

test('the first tab can leave: the app gets access_denied', async () => {
  const { first, url, request } = await answerElsewhere()
  const answers = await first.follow(`${url}/cancel`, atApp)
  expect(appAnswer(answers.at(-1))).toMatchObject({ error: 'access_denied', state: request.state })
})

test('an answer to a leg that the first tab has left behind is worth nothing there either', async () => {
  const { app, first, second, request, callback, url } = await answerElsewhere()
  const again = await first.get(`${url}/retry`)
  for (const browser of [first, second]) expect((await browser.get(callback)).status).toBe(400)
  const answers = await first.follow(asPersona(again.location, 'lotte'), atApp)
  expect(await redeem(app, first, answers, request)).toHaveProperty('id_token')
})

test('who is somebody else in the second browser stays that', async () => {
  const { app, second, callback } = await answerElsewhere()
  const request = app.authorize()
  const own = await redeem(app, second, await logIn(second, request.url, 'thomas'), request)
  expect((await second.get(callback)).status).toBe(400)
  const silent = app.authorize({ prompt: 'none' })
  const answer = await second.get(silent.url)
  expect(claimsOf((await redeem(app, second, [answer], silent)).id_token).sub).toBe(claimsOf(own.id_token).sub)
})
