import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { asPersona, createTestApp } from '#test/support/log-in.ts'
import { TEST_CLIENT } from '#test/support/start-pias.ts'
import { csrfOf } from '#test/support/uncertain.ts'
import { until } from '#test/support/until.ts'
import { becomeOwner, filledIn, type RunningConsole, registerApp, startConsole } from './support.ts'

/** Test logins as an app (ADR 0074), by the pages of the console. */
const THIRD = { ...TEST_CLIENT, client_id: 'third-app', client_name: 'Synthetic third', pias_first_party: false }
/** An app without a server: at one of its two origins it may read what PIAS answers. */
const PAGE_APP = {
  client_id: 'page-app',
  client_name: 'Synthetic page',
  redirect_uris: ['https://one.example/cb', 'https://two.example/cb'],
  token_endpoint_auth_method: 'none',
  pias_origins: ['https://one.example'],
  pias_first_party: true,
}
const PAGE = '/clients/test-app/trial'

let admin: RunningConsole
let owner: HttpBrowser
let lotte: string

beforeAll(async () => {
  const tv = { ...TEST_CLIENT, client_id: 'tv', redirect_uris: [], post_logout_redirect_uris: [], scope: 'openid' }
  const grants = ['urn:ietf:params:oauth:grant-type:device_code']
  admin = await startConsole({ clients: [THIRD, PAGE_APP, { ...tv, grant_types: grants }] })
  owner = await becomeOwner(admin, 'lotte')
  lotte = (await admin.login('lotte')).accountId
})
afterAll(() => admin.close())

const store = () => admin.running.pias.store
const atConsole = (location: string): boolean => location.startsWith(`${admin.origin}/trial/callback`)

/** Prepares a login as an app: the page, and where its link goes. */
const prepare = async (page: string, filled: Record<string, string> = {}) => {
  const prepared = await admin.submit(owner, page, page, filled)
  const link = /href="([^"]+\/auth\?[^"]+)"/.exec(prepared.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  return { prepared, link }
}

/** Follows a link to the point where PIAS sends the browser back; that address is not called yet. */
const answerOf = async (browser: HttpBrowser, url: string, persona?: string): Promise<string> => {
  const begun = persona === undefined ? undefined : asPersona((await browser.get(url)).location, persona)
  const answers = await browser.follow(begun ?? url, atConsole)
  return answers.at(-1)?.location ?? ''
}

/** The steps of the newest trial, the oldest first. */
const stepsOf = async (): Promise<unknown[]> =>
  (await store().audit.search({ type: 'trial.step', limit: 50 }))
    .toReversed()
    .map(({ data }) => (data as { step: string }).step)

test('an admin logs in as an app, and sees what it would get; none of it is worth anything then', async () => {
  const { prepared, link } = await prepare(PAGE)
  expect([prepared.status, prepared.body]).toEqual([200, expect.stringContaining('Go on within a minute')])
  const back = await answerOf(owner, link)
  const shown = await owner.get(back)
  expect([shown.status, shown.body]).toEqual([200, expect.stringContaining('The app would have somebody logged in')])
  expect(shown.body).toContain('Nothing was asked: the person was logged in already')
  const text = shown.body.replaceAll('&#34;', '"')
  expect(text).toContain(`"sub": "${lotte}"`)
  expect(text).toMatch(/"alg": "ES256".*"name": "Lotte.*"active": true/s)
  // No token, and no code but in the address.
  expect(text).not.toMatch(/eyJ[\w-]{20}/)
  const grants = await store().grants.findAllByUid('Grant', lotte, 200)
  expect(JSON.stringify(grants)).not.toContain('pias-trial.')

  // Again for a while, and for nobody else.
  expect((await owner.get(back)).body).toContain('The app would have somebody logged in')
  const { accountId } = await admin.login('thomas')
  await admin.give(accountId, ['client-owner'])
  const other = await admin.signIn('thomas')
  expect((await other.get(back)).status).toBe(404)
  const [looked] = await store().audit.search({ type: 'admin.looked', limit: 1 })
  expect(looked?.data).toMatchObject({ operation: 'finishTrial', by: lotte })
})

test('each step of the login is told, and the claims of somebody else are masked', async () => {
  const { link } = await prepare(PAGE, { prompt: 'login' })
  const back = await answerOf(owner, link, 'thomas')
  const shown = await owner.get(back)
  expect(shown.body).toContain('Somebody else than you logged in')
  expect(shown.body).not.toContain('Thomas')
  await until(async () => (await stepsOf()).includes('finished'))
  expect(await stepsOf()).toEqual(['started', 'away', 'back', 'known', 'finished'])
  const again = (await owner.get(back)).body
  expect(again).toMatch(/Began to log in.*Went to itsme.*Came back.*Back at the app, logged in/s)
  // The login is counted for nobody.
  await admin.running.pias.jobs.find(({ name }) => name === 'funnel')?.run()
  const days = [...new Set((await store().funnel.total('2020-01-01')).map(({ day }) => day))]
  expect(JSON.stringify(await store().funnel.busiest(days, 50))).not.toContain('pias-trial')
})

test('an app of somebody else asks for consent, which is taken back afterwards', async () => {
  const { link } = await prepare('/clients/third-app/trial', { scope: 'openid profile' })
  const asked = (await owner.follow(link, atConsole)).at(-1)
  expect(asked?.body).toContain('Synthetic third (trial)')
  const action = /action="(\/interaction\/[^"]+\/consent)"/.exec(asked?.body ?? '')?.[1] ?? ''
  const given = await owner.post(`${admin.running.issuer}${action}`, {
    csrf: csrfOf(asked as never),
    decision: 'allow',
  })
  const back = (await owner.follow(given.location ?? '', atConsole)).at(-1)?.location ?? ''
  expect((await owner.get(back)).body).toContain('The app would have somebody logged in')
  const [withdrawn] = await store().audit.search({ type: 'consent.withdrawn', limit: 1 })
  expect(withdrawn?.clientId).toMatch(/^pias-trial\.[\w-]+\.third-app$/)
  expect(await store().consents.find(withdrawn?.accountId as never, withdrawn?.clientId ?? '')).toBeUndefined()
  expect(await store().consents.find(withdrawn?.accountId as never, 'third-app')).toBeUndefined()
})

test('nobody else begins one, redeems its code, or is sent to the console by the app', async () => {
  const { prepared, link } = await prepare(PAGE)
  const twin = new URL(link).searchParams.get('client_id') ?? ''
  expect(twin).toMatch(/^pias-trial\./)
  const back = `${admin.origin}/trial/callback`
  const stranger = createHttpBrowser()
  const query = new URLSearchParams({ client_id: twin, redirect_uri: back, response_type: 'code', scope: 'openid' })
  const unpushed = await stranger.get(`${admin.running.issuer}/auth?${query}`)
  expect(unpushed.location ?? unpushed.body).toMatch(/error=invalid_request|Pushed Authorization Request/)
  const json = { accept: 'application/json' }
  const pushed = await stranger.post(`${admin.running.issuer}/request`, Object.fromEntries(query), json)
  expect([pushed.status, pushed.json().error]).toEqual([401, 'invalid_client'])
  query.set('client_id', 'test-app')
  const asApp = await stranger.get(`${admin.running.issuer}/auth?${query}`)
  expect([asApp.status, asApp.location]).toEqual([400, undefined])

  const code = new URL(await answerOf(owner, link)).searchParams.get('code') ?? ''
  expect(code).not.toBe('')
  const app = createTestApp(admin.running)
  const verifier = 'a'.repeat(43)
  const stolen = { grant_type: 'authorization_code', code, redirect_uri: back, code_verifier: verifier }
  expect((await app.token(stranger, stolen)).json().error).toBe('invalid_grant')
  expect(prepared.body).not.toContain(verifier)
  // An answer that nobody began.
  const made = await owner.get(`${back}?code=${code}&state=made.up&iss=${encodeURIComponent(admin.running.issuer)}`)
  expect(made.status).toBe(404)
})

test('what PIAS refuses is told with why and what to do', async () => {
  const wrong = await prepare(PAGE, { scope: 'openid', resource: 'https://nowhere.example/' })
  expect(wrong.prepared.body).toContain('PIAS does not take the request: invalid_target')
  expect(wrong.prepared.body).toContain('What to do: name a registered API')
  const bad = await prepare(PAGE, { scope: 'open"id' })
  expect([bad.prepared.status, bad.prepared.body]).toEqual([
    422,
    expect.stringContaining('must be names with spaces between them'),
  ])
  const { link } = await prepare('/clients/third-app/trial', { prompt: 'none', scope: 'openid email' })
  const shown = await owner.get(await answerOf(owner, link))
  expect(shown.body).toContain('PIAS sent the browser back with an error: consent_required')
  expect(shown.body).toContain('ask for fewer scopes')
  expect((await owner.get(`${admin.origin}/clients/tv/trial`)).body).toContain('Nobody logs in to it by a browser')
})

test('a trial goes by the rollout of its app', async () => {
  const rollout = '/clients/test-app/rollout'
  const killed = { killSwitch: 'on', reason: 'a synthetic outage', password: 'off' }
  const preview = await admin.submit(owner, rollout, `${rollout}/preview`, killed)
  const set = await owner.post(
    `${admin.origin}${rollout}/set`,
    Object.fromEntries(filledIn(preview.body, `${rollout}/set`)),
  )
  expect(set.status).toBe(303)
  const { link } = await prepare(PAGE, { prompt: 'login', locale: 'en' })
  const answers = await owner.follow(link, atConsole)
  expect(answers.at(-1)?.body).toContain('Synthetic test app (trial) does not offer you a way to log in here')
})

test('where browsers keep the answer of PIAS from a page of the app, the step says so, with what to do', async () => {
  const { link } = await prepare('/clients/page-app/trial')
  const { body } = await owner.get(await answerOf(owner, link))
  expect(body).toContain('PIAS lets somebody log in, and the app cannot finish')
  const [steps = ''] = /What a page of the app does then<.*?<\/table>/s.exec(body) ?? []
  expect(steps).toMatch(/one\.example.*works.*two\.example.*fails.*add https:\/\/two\.example to pias_origins/s)
  // Whose settings are a form here are told what to do in its words.
  const path = await registerApp(admin, owner, {
    ...PAGE_APP,
    client_id: 'page-app-here',
    grant_types: ['authorization_code'],
  })
  // It was registered a moment ago, and nobody has asked anything else of this node.
  const { link: here } = await prepare(`${path}/trial`)
  expect((await owner.get(await answerOf(owner, here))).body).toMatch(
    /add https:\/\/two\.example to “Where its pages are”; a native app says “Where it runs”: “On a phone/,
  )
  const { link: other } = await prepare(PAGE)
  expect((await owner.get(await answerOf(owner, other))).body).not.toContain('What a page of the app does')
})
