import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSubjects } from '#examples/itsme-simulator/claims.ts'
import { loadPersonas } from '#examples/itsme-simulator/personas.ts'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import { startJobs } from '#src/operations/jobs.ts'
import { AUTHOR } from '#test/support/author.ts'
import { bringIn } from '#test/support/bring-in.ts'
import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, claimsOf, createTestApp, logIn, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import { type LogoutReceiver, startLogoutReceiver } from '#test/support/logout-receiver.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { until } from '#test/support/until.ts'

/** Somebody whose account, with an itsme link, was brought in: apps see the `sub` they know, wherever they see one. */
const API = 'https://invoices.example/'
const OPAQUE = 'https://usage.example/'
const words = (text: string) => ({ nl: text, fr: text, de: text, en: text })
const SCOPE = `${TEST_CLIENT.scope} invoices:read usage:read`
const PUBLIC = { ...TEST_CLIENT, client_id: 'public-app', scope: SCOPE }
const SECTOR = { ...PUBLIC, client_id: 'sector-app', subject_type: 'pairwise', pias_sector: 'one' }
const NEWER = { ...SECTOR, client_id: 'newer-sector-app' }
const API_CLIENT = {
  client_id: 'invoices-api',
  client_name: 'Synthetic API',
  client_secret: 'synthetic secret of the API',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials'],
}
const SUBS = { 'public-app': 'customer|4711', 'sector-app': 'health-0815' }

let running: RunningPias
let receiver: LogoutReceiver
let jobs: ReturnType<typeof startJobs>

beforeAll(async () => {
  const apisDir = mkdtempSync(join(tmpdir(), 'pias-apis-'))
  const scopes = [{ name: 'invoices:read', description: words('invoices') }]
  const api = { name: 'Invoices', scopes, clients: ['invoices-api'] }
  writeFileSync(join(apisDir, 'jwt.json'), JSON.stringify({ ...api, audience: API }))
  const opaque = {
    ...api,
    scopes: [{ ...scopes[0], name: 'usage:read' }],
    audience: OPAQUE,
    access_token_format: 'opaque',
  }
  writeFileSync(join(apisDir, 'opaque.json'), JSON.stringify(opaque))
  receiver = await startLogoutReceiver('public-app', { issuer: () => running.issuer })
  const clients = [{ ...PUBLIC, backchannel_logout_uri: receiver.url }, SECTOR, NEWER, API_CLIENT]
  running = await startPias({ clients, config: { apisDir } })
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  jobs = startJobs(running.pias.jobs, { logger: silent })
  const { subjectFor } = createSubjects(loadPersonas())
  const itsme = { issuer: running.simulator.issuer, clientId: 'PIAS_DEMO', sub: subjectFor('PIAS_DEMO', 'lotte') }
  const customers = [{ serviceLine: 'mobile', customerId: 'OLD-1' }]
  await bringIn(running.pias.store, { legacyId: 'L-1', subs: SUBS, itsme, customers })
})
afterAll(async () => {
  await jobs.stop()
  await running.close()
  await receiver.close()
})

const logInAt = async (browser: HttpBrowser, client: { client_id: string }) => {
  const app = createTestApp(running, { ...TEST_CLIENT, ...client }, SCOPE)
  const request = app.authorize()
  const begun = await browser.get(request.url)
  if ('code' in appAnswer(begun)) return redeem(app, browser, [begun], request)
  const again = app.authorize()
  return redeem(app, browser, await logIn(browser, again.url, 'lotte'), again)
}
const subOf = ({ id_token: token }: Tokens) => claimsOf(token).sub

test('an imported itsme link is known at the first login and never matched', async () => {
  const browser = createHttpBrowser()
  const tokens = await logInAt(browser, PUBLIC)
  expect(subOf(tokens)).toBe(SUBS['public-app'])
  const told = await userinfo(running, browser, tokens.access_token)
  // The claims are those of itsme; the records those of the file, and not the four that matching would find.
  expect(told.json()).toMatchObject({
    sub: SUBS['public-app'],
    given_name: expect.stringContaining('Lotte'),
    customer_accounts: [{ service_line: 'mobile', customer_id: 'OLD-1' }],
  })
  const types = (await running.pias.store.audit.list({ after: 0, limit: 999 })).map(({ type }) => type)
  expect(types).not.toContain('link.decided')
})

test('the subject is the one the app knows at public and at pairwise clients, else as ever', async () => {
  const browser = createHttpBrowser()
  expect(subOf(await logInAt(browser, PUBLIC))).toBe(SUBS['public-app'])
  expect(subOf(await logInAt(browser, SECTOR))).toBe(SUBS['sector-app'])
  const pairwise = subOf(await logInAt(browser, NEWER))
  const own = subOf(await logInAt(browser, TEST_CLIENT))
  expect(await running.pias.store.accounts.find(own as never)).toMatchObject({ subjects: SUBS })
  expect([own, ...Object.values(SUBS)]).not.toContain(pairwise)
  // Who comes from nowhere has the account's id.
  const other = createTestApp(running, { ...TEST_CLIENT, ...PUBLIC })
  const request = other.authorize()
  const thomas = createHttpBrowser()
  const tokens = await redeem(other, thomas, await logIn(thomas, request.url, 'thomas'), request)
  expect(await running.pias.store.accounts.find(subOf(tokens) as never)).toMatchObject({ id: subOf(tokens) })
})

/** An access token of an API, for which the code is redeemed. */
const tokenFor = async (client: { client_id: string }, resource: string): Promise<string> => {
  const browser = createHttpBrowser()
  const app = createTestApp(running, { ...TEST_CLIENT, ...client }, SCOPE)
  const request = app.authorize({ resource })
  const [code = ''] = (await logIn(browser, request.url, 'lotte')).slice(-1).map(answer => appAnswer(answer).code)
  const form = { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, resource }
  return (await app.token(browser, { ...form, code_verifier: request.verifier })).json<Tokens>().access_token
}

test('access tokens of APIs and their introspection tell the same subject', async () => {
  const basic = Buffer.from(`invoices-api:${encodeURIComponent(API_CLIENT.client_secret)}`).toString('base64')
  const introspect = async (token: string) =>
    createHttpBrowser().post(`${running.issuer}/token/introspection`, { token }, { authorization: `Basic ${basic}` })
  for (const client of [PUBLIC, SECTOR]) {
    const sub = SUBS[client.client_id as keyof typeof SUBS]
    expect(claimsOf(await tokenFor(client, API)).sub).toBe(sub)
    expect((await introspect(await tokenFor(client, OPAQUE))).json()).toMatchObject({ active: true, sub })
  }
})

test('an id_token_hint and a sub that is asked for are compared with the same subject', async () => {
  const browser = createHttpBrowser()
  const tokens = await logInAt(browser, PUBLIC)
  const app = createTestApp(running, { ...TEST_CLIENT, ...PUBLIC })
  const silently = async (extra: Record<string, string>) =>
    appAnswer(await browser.get(app.authorize({ prompt: 'none', ...extra }).url))
  expect(await silently({ id_token_hint: tokens.id_token })).toHaveProperty('code')
  const claims = (value: string) => ({ claims: JSON.stringify({ id_token: { sub: { value } } }) })
  expect(await silently(claims(SUBS['public-app']))).toHaveProperty('code')
  expect(await silently(claims('somebody-else'))).toMatchObject({ error: 'login_required' })
})

test('logout tokens tell the same subject, also when nobody’s request sends them', async () => {
  await logInAt(createHttpBrowser(), PUBLIC)
  const own = subOf(await logInAt(createHttpBrowser(), TEST_CLIENT)) as never
  await createAccountAccess({ ...running.pias.store, clock: Date.now }).endLogins(own, AUTHOR)
  await until(async () => receiver.tokens.length > 0)
  expect(receiver.tokens.every(({ sub }) => sub === SUBS['public-app'])).toBe(true)
})
