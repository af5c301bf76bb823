import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** `pias clients preview-token`, held against what the apps really get. */
const API = 'https://api.example/invoices'
const SECTOR = {
  ...TEST_CLIENT,
  client_id: 'sector-app',
  client_name: 'Synthetic sector app',
  subject_type: 'pairwise',
  pias_sector: 'one',
  pias_first_party: true,
}

const words = { nl: 'a', fr: 'a', de: 'a', en: 'a' }
const USAGE = {
  audience: 'https://usage.example/',
  name: 'Synthetic usage',
  scopes: [{ name: 'usage:read', description: words }],
  clients: ['usage-api'],
}

const apisDir = mkdtempSync(join(tmpdir(), 'pias-preview-apis-'))
let running: RunningPias
beforeAll(async () => {
  const narrow = { ...SECTOR, client_id: 'narrow-app', scope: 'openid profile' }
  const short = { ...SECTOR, client_id: 'short-app', pias_lifetimes: { accessToken: 60, idToken: 90 } }
  const calls = { ...SECTOR, client_id: 'calls-app', scope: `${TEST_CLIENT.scope} usage:read` }
  const tv = {
    ...SECTOR,
    client_id: 'tv-app',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    redirect_uris: undefined,
    post_logout_redirect_uris: undefined,
    subject_type: undefined,
    pias_sector: undefined,
  }
  const opaque = { ...calls, client_id: 'opaque-app', pias_access_token_format: 'opaque' }
  writeFileSync(join(apisDir, 'usage.json'), JSON.stringify(USAGE))
  running = await startPias({ clients: [SECTOR, narrow, short, calls, opaque, tv], config: { apisDir } })
})
afterAll(() => running.close())

const preview = async (...args: string[]) => {
  const env = {
    PIAS_DATA_DIR: running.dataDir,
    PIAS_CLIENTS_DIR: running.clientsDir,
    PIAS_APIS_DIR: apisDir,
    PIAS_ISSUER: running.issuer,
    PIAS_UPSTREAM_ITSME_ISSUER: running.simulator.issuer,
  }
  return runPias(env, running.dataDir, ['clients', 'preview-token', ...args])
}

type Preview = Record<'idToken' | 'userinfo' | 'accessToken', Record<string, unknown>>
const of = async (...args: string[]) => JSON.parse((await preview(...args)).stdout) as Preview

const names = (claims: object) => Object.keys(claims).sort()

test('an account: the same claims and the same subject as in its login, with the person masked', async () => {
  const claims = JSON.stringify({ id_token: { email: null }, userinfo: { phone_number: { essential: true } } })
  const scope = 'openid profile customer'
  const app = createTestApp(running, SECTOR, scope)
  const browser = createHttpBrowser()
  const request = app.authorize({ claims })
  const tokens = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
  const [opened] = await running.pias.store.audit.search({ type: 'account.opened', limit: 1 })
  const told = await of('sector-app', '--account', `${opened?.accountId}`, '--scope', scope, '--claims', claims)

  // What hangs on the very login: its session, its code.
  const { sid: _sid, at_hash: _hash, nonce: _nonce, ...idToken } = claimsOf(tokens.id_token)
  expect(names(told.idToken)).toEqual(names(idToken))
  expect(told.idToken).toMatchObject({ iss: running.issuer, aud: 'sector-app', sub: idToken.sub, email: '…' })
  const info = (await userinfo(running, browser, tokens.access_token)).json<Record<string, unknown>>()
  expect(names(told.userinfo)).toEqual(names(info))
  expect(told.userinfo).toMatchObject({ sub: info.sub, name: '…' })
  expect((told.userinfo.customer_accounts as object[]).length).toBe((info.customer_accounts as object[]).length)
  for (const value of [info.name, info.birthdate, info.phone_number, idToken.email]) {
    expect(JSON.stringify(told)).not.toContain(value)
  }
  expect(told.accessToken).toMatchObject({ format: 'opaque', scope })
})

test('the synthetic persona needs no account; what the app may not have, it does not get', async () => {
  const told = await of('sector-app')
  expect(told.userinfo).toMatchObject({ name: 'Sam Sample', customer_accounts: [{}, {}] })
  expect(told.idToken).toMatchObject({ acr: 'urn:pias:acr:advanced' })
  expect(told.idToken).not.toHaveProperty('name')
  const narrow = await of('narrow-app', '--scope', TEST_CLIENT.scope, '--acr', 'urn:pias:acr:basic')
  expect(names(narrow.userinfo)).not.toContain('email')
  expect([narrow.accessToken.scope, narrow.idToken.acr]).toEqual(['openid profile', 'urn:pias:acr:basic'])
  expect(narrow.userinfo.sub).toBe(told.userinfo.sub)
  expect((await of('test-app')).userinfo.sub).toBe('synthetic-persona')
  // Nothing is left of it.
  expect(await running.pias.store.accounts.find('synthetic-persona' as never)).toBeUndefined()
})

test('who would get nothing is told so', async () => {
  expect(await preview('nobody')).toMatchObject({ code: 2, stderr: expect.stringContaining('no such app') })
  expect(await preview('test-app', '--account', 'none')).toMatchObject({ code: 2, stdout: '' })
  expect(await preview('test-app', '--resource', API)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('API'),
  })
  expect(await preview('test-app', '--claims', 'none')).toMatchObject({ code: 2, stdout: '' })
  expect(await preview('test-app', '--acr', 'none')).toMatchObject({ code: 2, stdout: '' })
  const [opened] = await running.pias.store.audit.search({ type: 'account.opened', limit: 1 })
  const id = `${opened?.accountId}`
  await running.pias.store.accounts.changeAccess({ id: id as never, blocked: true, events: [] })
  expect(await preview('test-app', '--account', id)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('blocked'),
  })
})

test('an app whose tokens live less long than those of others', async () => {
  const [short, other] = [await of('short-app'), await of('sector-app')]
  expect([short.accessToken.expiresIn, other.accessToken.expiresIn]).toEqual([60, 600])
  const secondsOf = ({ idToken: { iat, exp } }: Preview) => Number(exp) - Number(iat)
  expect([secondsOf(short), secondsOf(other)]).toEqual([90, 600])
})

test('an app whose access tokens are opaque, whatever the API says', async () => {
  const [opaque, other] = [
    await of('opaque-app', '--resource', USAGE.audience),
    await of('calls-app', '--resource', USAGE.audience),
  ]
  expect([opaque.accessToken, other.accessToken]).toMatchObject([
    { format: 'opaque', expiresIn: 600, scope: 'usage:read' },
    { format: 'jwt', expiresIn: 300, scope: 'usage:read' },
  ])
})

test('an app that people log in to by a code', async () => {
  expect((await of('tv-app')).userinfo).toMatchObject({ sub: 'synthetic-persona', name: 'Sam Sample' })
})
