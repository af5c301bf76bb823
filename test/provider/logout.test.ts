import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** RP-initiated logout, asked for in every way there is; the library's own page that submits itself is never seen. */
const [AFTER] = TEST_CLIENT.post_logout_redirect_uris as [string]

const OTHER_CLIENT = { ...TEST_CLIENT, client_id: 'other-app', client_name: 'Another synthetic app' }

let running: RunningPias
beforeAll(async () => {
  running = await startPias({ clients: [OTHER_CLIENT] })
})
afterAll(() => running.close())

const endUrl = (query: Record<string, string>) => `${running.issuer}/session/end?${new URLSearchParams(query)}`
const client = { client_id: TEST_CLIENT.client_id }

const loggedIn = async () => {
  const browser = createHttpBrowser()
  const app = createTestApp(running)
  const request = app.authorize()
  const tokens = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
  const isIn = async () => appAnswer(await browser.get(app.authorize({ prompt: 'none' }).url)).code !== undefined
  return { browser, tokens, isIn }
}

test('by POST it is the same as by GET, with the session that is there (RP-Initiated Logout 1.0, 2)', async () => {
  const { browser, tokens, isIn } = await loggedIn()
  const form = { id_token_hint: tokens.id_token, post_logout_redirect_uri: AFTER, state: 's' }
  const posted = await browser.post(`${running.issuer}/session/end`, form)
  expect([posted.status, posted.location]).toEqual([303, endUrl(form)])
  const page = await browser.get(posted.location ?? '')
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const ended = await browser.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
  expect([ended.status, ended.location, await isIn()]).toEqual([303, `${AFTER}?state=s`, false])
})

describe('where nobody is logged in', () => {
  test.each([
    [
      'goes straight back, with the state',
      { ...client, post_logout_redirect_uri: AFTER, state: 's' },
      `${AFTER}?state=s`,
    ],
    ['goes straight back, without a state', { ...client, post_logout_redirect_uri: AFTER }, AFTER],
    ['ends on our page when the app names no address', client, '/session/end/success'],
    ['ends on our page when nobody says which app', {}, '/session/end/success'],
    [
      'goes nowhere for an address without an app',
      { post_logout_redirect_uri: 'https://evil.example' },
      '/session/end/success',
    ],
  ])('it %s', async (_name, query, target) => {
    const browser = createHttpBrowser()
    const answer = await browser.get(endUrl(query))
    expect([answer.status, answer.location]).toEqual([303, new URL(target, running.issuer).href])
    if (target.startsWith('/')) expect(isOwnPage(await browser.get(answer.location ?? ''))).toBe(true)
  })

  test.each([
    ['an unregistered address', { ...client, post_logout_redirect_uri: 'https://evil.example/' }],
    ['an address that begins like a registered one', { ...client, post_logout_redirect_uri: `${AFTER}more` }],
    ['an unknown app', { client_id: 'unknown' }],
    ['a hint that is no token', { id_token_hint: 'x' }],
  ])('it refuses %s on our own page', async (_name, query) => {
    const answer = await createHttpBrowser().get(endUrl(query))
    expect([answer.status, answer.location, isOwnPage(answer)]).toEqual([400, undefined, true])
  })
})

describe('where somebody is logged in', () => {
  test('it asks, naming the app, and does nothing before the answer', async () => {
    const { browser, isIn } = await loggedIn()
    const page = await browser.get(endUrl(client))
    expect([page.status, isOwnPage(page)]).toEqual([200, true])
    expect(page.body).toContain(TEST_CLIENT.client_name)
    expect(await isIn()).toBe(true)
  })

  test('it lists the apps that end, when they are several', async () => {
    const { browser } = await loggedIn()
    expect((await browser.get(endUrl(client))).body).not.toContain('<ul class="names">')
    const other = createTestApp(running, OTHER_CLIENT)
    expect(appAnswer(await browser.get(other.authorize().url)).code).toEqual(expect.any(String))
    const { body } = await browser.get(endUrl(client))
    const [list = ''] = /<ul class="names">.*?<\/ul>/s.exec(body) ?? []
    expect([...list.matchAll(/<li[^>]*>([^<]+)</g)].map(([, name]) => name)).toEqual([
      'Another synthetic app',
      TEST_CLIENT.client_name,
    ])
  })

  test('a form without its token, or from a browser that was not asked, ends nothing', async () => {
    const { browser, isIn } = await loggedIn()
    const page = await browser.get(endUrl(client))
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const confirm = `${running.issuer}/session/end/confirm`
    for (const [from, form] of [
      [browser, { logout: 'yes' }],
      [browser, { logout: 'yes', xsrf: 'wrong' }],
      [createHttpBrowser(), { logout: 'yes', xsrf }],
    ] as const) {
      const answer = await from.post(confirm, form)
      expect([answer.status, isOwnPage(answer)]).toEqual([400, true])
    }
    expect(await isIn()).toBe(true)
    expect((await browser.post(confirm, { logout: 'yes', xsrf })).status).toBe(303)
    expect(await isIn()).toBe(false)
  })

  test('"no" leaves the session of the other apps', async () => {
    const { browser, tokens, isIn } = await loggedIn()
    const page = await browser.get(endUrl({ id_token_hint: tokens.id_token, post_logout_redirect_uri: AFTER }))
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const stayed = await browser.post(`${running.issuer}/session/end/confirm`, { xsrf })
    expect([stayed.status, stayed.location]).toEqual([303, AFTER])
    expect(await isIn()).toBe(true)
    expect(claimsOf(tokens.id_token).sub).toEqual(expect.any(String))
  })
})
