import type { HttpBrowser } from '#test/support/http-browser.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'
import { until } from '#test/support/until.ts'
import { becomeOwner, filledIn, isQuestion, type RunningConsole, startConsole } from './support.ts'

let admin: RunningConsole
let owner: HttpBrowser
/** What time the node believes it is, where it is not the time. */
let frozen: number | undefined
/** The owner logged in at this second or before. */
let loggedInBy = 0

beforeAll(async () => {
  admin = await startConsole({ clock: () => frozen ?? Date.now() })
})
afterAll(() => admin.close())
afterEach(() => {
  frozen = undefined
})

const eventsOf = async (type: string) =>
  (await admin.running.pias.store.audit.search({ type, limit: 50 })).map(({ data }) => data)

test('somebody without a role sees what to do, and becomes the first owner by the one-time code', async () => {
  const browser = await admin.signIn('lotte')
  const page = await browser.get(`${admin.origin}/audit`)
  expect([page.status, page.body]).toEqual([403, expect.stringContaining('You have no role here yet')])
  const by = (await admin.login('lotte')).accountId
  expect(await eventsOf('admin.refused')).toContainEqual({ operation: 'console GET /audit', code: 'role', by })
  const wrong = await admin.submit(browser, '/', '/bootstrap', { code: 'wrong' })
  expect([wrong.status, wrong.body]).toEqual([422, expect.stringContaining('This code does not work')])
  owner = await becomeOwner(admin, 'lotte')
  loggedInBy = Math.floor(Date.now() / 1000)
  const dashboard = await owner.get(`${admin.origin}/`)
  expect([dashboard.status, dashboard.body]).toEqual([200, expect.stringContaining('Dashboard')])
})

test('the cookie is opaque and bound; pages are not stored, framed or sent elsewhere', async () => {
  const browser = createHttpBrowser()
  const begun = await browser.get(`${admin.origin}/audit?type=x`)
  const url = new URL(begun.location ?? '')
  expect([begun.status, url.origin, url.searchParams.get('code_challenge_method')]).toEqual([
    303,
    admin.running.issuer,
    'S256',
  ])
  const atPias = await browser.get(begun.location ?? '')
  const answers = await browser.follow(asPersona(atPias.location, 'lotte'))
  const callback = answers.find(({ setCookies }) => setCookies.some(({ name }) => name === 'pias_console'))
  const cookie = callback?.setCookies.find(({ name }) => name === 'pias_console')
  expect(cookie?.value).toMatch(/^[\w-]{43}$/)
  expect(cookie?.attributes).toMatchObject({ httponly: true, samesite: 'lax', path: '/' })
  const page = await browser.get(`${admin.origin}/`)
  expect(page.headers).toMatchObject({
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'content-security-policy': expect.stringMatching(/^default-src 'none'.*form-action 'self'$/),
  })
  expect(page.body).not.toMatch(/ style=| on\w+="|<script>/)
})

test('HEAD is answered as GET, without the page', async () => {
  const head = (path: string, browser = owner) => browser.send('HEAD', `${admin.origin}${path}`, undefined, {})
  const strangers = await head('/audit?type=x', createHttpBrowser())
  expect([strangers.status, strangers.location]).toEqual([303, expect.stringContaining('/auth?')])
  const known = await head('/audit')
  expect([known.status, known.headers['content-type'], known.body]).toEqual([200, 'text/html; charset=utf-8', ''])
  expect((await head('/none')).status).toBe(404)
})

test('an answer that was not asked for in this browser is worth nothing, and a code works once', async () => {
  const victim = createHttpBrowser()
  const begun = await victim.get(`${admin.origin}/`)
  const atPias = await victim.get(begun.location ?? '')
  const answers = await victim.follow(asPersona(atPias.location, 'lotte'), location =>
    location.startsWith(`${admin.origin}/callback`),
  )
  const callback = answers.at(-1)?.location ?? ''
  const other = await createHttpBrowser().get(callback)
  expect([other.status, other.body]).toEqual([403, expect.stringContaining('not begun in this browser')])
  const foreign = await victim.fork().get(callback.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example'))
  expect(foreign.status).toBe(403)
  expect((await victim.get(callback)).status).toBe(303)
  expect((await victim.get(callback)).status).toBe(403)
  const refused = { operation: 'console GET /callback', code: 'not_begun_here' }
  expect((await eventsOf('admin.refused')).filter(data => (data as typeof refused).code === refused.code)).toEqual([
    refused,
    refused,
    refused,
  ])
})

test('a login that PIAS refused, or that ended on its way here, is written down', async () => {
  const { origin, running } = admin
  const begin = async (browser: HttpBrowser) => new URL((await browser.get(`${origin}/login`)).location ?? '')
  const refusedSince = async (before: number) =>
    (await eventsOf('admin.refused')).slice(0, (await eventsOf('admin.refused')).length - before)
  const browser = createHttpBrowser()
  for (const [error, code] of [
    ['access_denied', 'access_denied'],
    ['typed by anybody', 'server_error'],
  ]) {
    const before = (await eventsOf('admin.refused')).length
    const state = (await begin(browser)).searchParams.get('state') ?? ''
    const query = new URLSearchParams({ error: error ?? '', state, iss: running.issuer })
    expect((await browser.get(`${origin}/callback?${query}`)).status).toBe(403)
    expect(await refusedSince(before)).toEqual([{ operation: 'console GET /callback', code }])
  }

  const before = (await eventsOf('admin.refused')).length
  const { accountId } = await admin.login('thomas')
  const atPias = await browser.get((await begin(browser)).href)
  const answers = await browser.follow(asPersona(atPias.location, 'thomas'), location =>
    location.startsWith(`${origin}/callback`),
  )
  const access = { id: accountId as never, events: [] }
  await running.pias.store.accounts.changeAccess({ ...access, blocked: true })
  expect((await browser.get(answers.at(-1)?.location ?? '')).status).toBe(403)
  expect(await refusedSince(before)).toEqual([
    { operation: 'console GET /callback', code: expect.stringMatching(/^(unauthorized|server_error)$/) },
  ])
  await running.pias.store.accounts.changeAccess({ ...access, blocked: false })
})

test('forms of others, of other sessions and without a session do nothing', async () => {
  const { origin } = admin
  const form = { csrf: 'of-somebody-else', accountId: 'x' }
  const answers = await Promise.all([
    owner.post(`${origin}/admins`, form),
    owner.post(`${origin}/admins`, form, { origin: 'https://evil.example' }),
    owner.post(`${origin}/logout`, form),
    createHttpBrowser().post(`${origin}/admins`, form),
  ])
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
  expect((await owner.get(`${origin}/admins`)).status).toBe(200)
  const told = (await eventsOf('admin.refused')) as { operation: string; code: string; by?: string }[]
  const { accountId: by } = await admin.login('lotte')
  const forged = { operation: 'console POST /admins', code: 'request.forged', by }
  expect(told.filter(({ code }) => code === 'request.forged')).toHaveLength(3)
  expect(told).toEqual(
    expect.arrayContaining([
      forged,
      { ...forged, operation: 'console POST /logout' },
      { operation: 'console POST /admins', code: 'signed-out' },
    ]),
  )
})

test('what does harm wants a login of the last minutes; an open form is good after it', async () => {
  const { accountId } = await admin.login('thomas')
  const { body } = await owner.get(`${admin.origin}/admins`)
  expect(body).toContain('name="accountId"')
  frozen = (loggedInBy + 302) * 1000
  const old = await owner.get(`${admin.origin}/admins`)
  expect(old.body).toContain('/login?fresh=1&amp;to=%2Fadmins')
  expect(old.body).not.toContain('name="accountId"')
  const csrf = /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? ''
  // From the page after a form it leads to that of the form: there is nothing to see at the address it was sent to.
  const compared = await owner.post(`${admin.origin}/rules/compare`, { csrf, errorBudget: '1000' })
  expect([compared.status, compared.body]).toEqual([200, expect.stringContaining('/login?fresh=1&amp;to=%2Frules"')])
  const form = { csrf, form: 'setRoles', accountId, roles: 'viewer', version: '1', reason: 'a synthetic reason' }
  const refused = await owner.post(`${admin.origin}/admins`, form)
  expect([refused.status, refused.body]).toEqual([403, expect.stringContaining(`value="${accountId}"`)])
  expect(await eventsOf('admin.refused')).toContainEqual(
    expect.objectContaining({ operation: 'setRoles', code: 'login-too-old' }),
  )
  // PIAS itself goes by the clock of the machine: from now on a login is less than five minutes old.
  await until(() => Date.now() > (loggedInBy + 3) * 1000)
  const stepUp = await owner.get(`${admin.origin}/login?fresh=1&to=/confirmed`)
  expect(new URL(stepUp.location ?? '').searchParams.get('prompt')).toBe('login')
  const atPias = await owner.get(stepUp.location ?? '')
  const answers = await owner.follow(asPersona(atPias.location, 'lotte'))
  expect(answers.at(-1)?.body).toContain('Thank you, it is you')
  const asked = await owner.post(`${admin.origin}/admins`, form)
  expect([asked.status, isQuestion(asked), asked.body]).toEqual([200, true, expect.stringContaining('Gains')])
  const sure = Object.fromEntries(filledIn(asked.body, '/admins'))
  expect((await owner.post(`${admin.origin}/admins`, sure)).location).toBe(`${admin.origin}/admins?done=roles`)
})

test('a session ends: by signing out, after a while, and when its account is blocked', async () => {
  const { origin } = admin
  const browser = await admin.signIn('lotte')
  const stolen = browser.fork()
  const out = await admin.submit(browser, '/', '/logout')
  expect(out.location).toBe(`${origin}/signed-out`)
  expect((await stolen.get(`${origin}/`)).status).toBe(303)
  expect(await eventsOf('admin.signed-out')).toHaveLength(1)

  const idle = await admin.signIn('lotte')
  frozen = Date.now() + 16 * 60_000
  expect((await idle.get(`${origin}/`)).status).toBe(303)
  frozen = undefined
  const { accountId } = (await admin.login('lotte')) as { accountId: string }
  const blocked = await admin.signIn('lotte')
  await admin.running.pias.store.accounts.changeAccess({ id: accountId as never, blocked: true, events: [] })
  expect((await blocked.get(`${origin}/`)).status).toBe(303)
})

test('nobody fills the audit trail by being refused', async () => {
  const { limits } = admin.running.pias.store
  const before = (await eventsOf('admin.refused')).length
  await limits.hit('admin-strangers', 60, 60)
  expect((await createHttpBrowser().get(`${admin.origin}/callback`)).status).toBe(403)
  expect(await eventsOf('admin.refused')).toHaveLength(before)
})
