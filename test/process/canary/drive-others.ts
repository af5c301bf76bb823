import { ADMIN_CLIENT, ADMIN_SCOPE } from '#src/admin/admin-client.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { asPersona, atApp, claimsOf, type Tokens } from '#test/support/log-in.ts'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'
import type { TEST_CLIENT } from '#test/support/start-pias.ts'
import { askForCode, type DeviceAuthorization, poll, submit } from '#test/support/tv.ts'
import { csrfOf } from '#test/support/uncertain.ts'
import type { Canaries } from './canaries.ts'
import type { createLogins } from './drive-logins.ts'

const JSON_ONLY = { accept: 'application/json' }
const AS_JSON = { ...JSON_ONLY, 'content-type': 'application/json' }

/** A TV with a code of its own, which a person lets in. */
export const driveDevice = async ({ keep, canary, browser }: Canaries, issuer: string): Promise<void> => {
  const [tv, person] = [browser(), browser()]
  const asked = await askForCode({ issuer }, tv, {
    pias_device_name: 'TV of a canary',
    login_hint: canary('login_hint'),
  })
  const device = asked.json<DeviceAuthorization>()
  keep('device code', device.device_code)
  keep('user code', device.user_code)
  keep('user code', device.user_code.replace('-', ''))
  await poll({ issuer }, tv, device.device_code)
  await person.get(`${issuer}/device`)
  const page = await person.get(device.verification_uri_complete)
  keep('form token', /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1])
  const confirmed = await submit({ issuer }, person, page, { confirm: 'yes' })
  await person.follow(asPersona(confirmed.location, 'lotte'))
  // Not before the device may ask again.
  await new Promise(resolve => setTimeout(resolve, 5000))
  const tokens = (await poll({ issuer }, tv, device.device_code)).json<Tokens>()
  for (const name of ['access_token', 'id_token', 'refresh_token'] as const) keep(name, tokens[name])
  await poll({ issuer }, tv, device.device_code)
}

/** A client that registers by itself, looks at itself, changes and removes itself. */
export const driveRegistration = async ({ keep, canary, browser }: Canaries, issuer: string, token: string) => {
  const by = browser()
  keep('initial access token', token)
  const headers = (bearer: string) => ({ ...AS_JSON, authorization: `Bearer ${bearer}` })
  const metadata = {
    client_name: canary('client name'),
    redirect_uris: [`https://app.example/${canary('redirect URI')}`],
    contacts: [`${canary('contact of a client')}@example.com`],
    [canary('field of a client')]: canary('value of a client'),
  }
  type Registered = { client_secret: string; registration_access_token: string; registration_client_uri: string }
  const keepAll = (one: Registered): Registered => {
    keep('client secret', one.client_secret)
    keep('registration token', one.registration_access_token)
    return one
  }
  const made = keepAll(
    (await by.send('POST', `${issuer}/reg`, JSON.stringify(metadata), headers(token))).json<Registered>(),
  )
  const address = made.registration_client_uri
  const read = await by.send('GET', address, undefined, headers(made.registration_access_token))
  const { registration_access_token: now, registration_client_uri: _, ...known } = read.json<Record<string, unknown>>()
  const current = keep('registration token', now)
  const { client_id_issued_at: _at, client_secret_expires_at: _expires, ...sent } = known
  const change = { ...sent, client_name: canary('new client name') }
  const changed = await by.send('PUT', address, JSON.stringify(change), headers(current))
  const last = keepAll(changed.json<Registered>())
  await by.send('DELETE', address, undefined, headers(last.registration_access_token))
}

/** An app of others, which a person is asked about, and which is told when the person logs out. */
export const driveConsent = async (
  { keep }: Canaries,
  { logInAs }: ReturnType<typeof createLogins>,
  issuer: string,
  client: typeof TEST_CLIENT,
): Promise<void> => {
  const { browser, seen } = await logInAs('lotte', client)
  const page = seen.at(-1)
  const path = /action="(\/interaction\/[\w-]+\/consent)"/.exec(page?.body ?? '')?.[1]
  const csrf = keep('form token', page && csrfOf(page))
  const answer = await browser.post(`${issuer}${path}`, { csrf, decision: 'allow' })
  const back = await browser.follow(answer.location ?? '', atApp)
  for (const { location } of back) keep('code', location && new URL(location).searchParams.get('code'))
  const ending = await browser.get(`${issuer}/session/end`)
  const xsrf = keep('form token', /name="xsrf" value="([^"]+)"/.exec(ending.body)?.[1])
  await browser.post(`${issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
}

/** The own account: its pages, its export, what can be taken back. @returns the browser, which is logged in */
export const driveAccount = async (
  { keep, canary, browser: newBrowser }: Canaries,
  issuer: string,
): Promise<HttpBrowser> => {
  const browser = newBrowser()
  const at = (path = '') => `${issuer}/account${path}`
  const [, begun] = await browser.follow(at(), location => !location.startsWith(issuer))
  const seen = await browser.follow(asPersona(begun?.location, 'lotte'))
  for (const { location } of seen) keep('code of the account', location && new URL(location).searchParams.get('code'))
  const csrf = keep('form token', csrfOf(await browser.get(at())))
  const post = (path: string, form: Record<string, string> = {}) => browser.post(at(path), { csrf, ...form })
  await browser.get(at('/data'))
  await browser.get(at('/erase'))
  await post('/data/export')
  await post('/consents/withdraw', { client: canary('client of a consent') })
  await post('/erase')
  await post('/erase/withdraw')
  await post('/logins/end', { login: canary('login that is ended') })
  return browser
}

/** The console, as an admin who is signed in; one form that is good, and the way out. @returns the browser */
export const driveConsole = async ({ keep, browser: newBrowser }: Canaries, admin: string): Promise<HttpBrowser> => {
  const browser = newBrowser()
  const begun = await browser.follow(`${admin}/login`, location => /\/v2\//.test(location))
  const seen = await browser.follow(asPersona(begun.at(-1)?.location, 'lotte'))
  for (const { location } of seen) keep('code of an admin', location && new URL(location).searchParams.get('code'))
  return browser
}

/** An admin with a token, who registers an app and gives it secrets. @returns the headers of the admin */
export const driveAdmin = async (
  { keep, canary, browser: newBrowser }: Canaries,
  origins: { issuer: string; admin: string },
  bootstrapCode: string,
): Promise<Record<string, string>> => {
  const { issuer, admin } = origins
  keep('bootstrap code', bootstrapCode)
  const browser = newBrowser()
  const redirectUri = `${admin}/callback`
  const app = createPlainRelyingParty({ issuer, clientId: ADMIN_CLIENT, redirectUri, scope: `openid ${ADMIN_SCOPE}` })
  const request = app.authorize({ resource: admin })
  const begun = await browser.get(request.url)
  const seen = await browser.follow(asPersona(begun.location, 'lotte'), location => location.startsWith(redirectUri))
  const code = keep('code of an admin', URL.parse(seen.at(-1)?.location ?? '')?.searchParams.get('code'))
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, resource: admin }
  const answer = await app.token(browser, { ...form, code_verifier: request.verifier })
  const tokens = answer.json<Tokens>()
  keep('access token of an admin', tokens.access_token)
  const { sub } = claimsOf(tokens.access_token)
  const headers = { ...AS_JSON, authorization: `Bearer ${tokens.access_token}` }
  const call = (method: string, path: string, body?: object) =>
    browser.send(method, `${admin}/api${path}`, body && JSON.stringify(body), headers)
  await call('POST', '/bootstrap', { code: bootstrapCode })
  const redirects = ['https://shop.example/callback']
  const metadata = { client_id: 'canary-shop', client_name: 'Synthetic shop', redirect_uris: redirects }
  const made = await call('POST', '/clients', { preset: 'web', metadata })
  keep('client secret', made.json<{ secret: string }>().secret)
  await call('GET', `/accounts/${sub}`)
  await call('GET', '/clients/canary-shop')
  await call('GET', `/audit?reason=${canary('reason')}`)
  return headers
}
