import { ADMIN_CLIENT, ADMIN_SCOPE } from '#src/admin/admin-client.ts'
import { createAuthenticator } from '#test/support/authenticator.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'
import { csrfOf } from '#test/support/uncertain.ts'
import { type RunningAdmin, startAdmin } from './support.ts'

/** An admin's login by a passkey, without the upstream (ADR 0072, 0080). */
let admin: RunningAdmin
afterEach(() => admin.close())

const start = async (config: object = {}) => {
  admin = await startAdmin({ config })
}

const unescaped = (text: string) => text.replaceAll('&#34;', '"').replaceAll('&amp;', '&')
const optionsOf = ({ body }: Answer) => JSON.parse(unescaped(/data-options="([^"]*)"/.exec(body)?.[1] ?? '{}'))

/** The passkey of somebody who came by the upstream before. */
const makePasskey = async () => {
  const { running } = admin
  const browser = createHttpBrowser()
  const app = createTestApp(running)
  const request = app.authorize()
  await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
  const authenticator = createAuthenticator(running.issuer)
  const page = await browser.get(`${running.issuer}/account/ways`)
  const [, challenge = ''] = /name="challenge" value="([^"]*)"/.exec(page.body) ?? []
  const form = { csrf: csrfOf(page), challenge, credential: authenticator.create(optionsOf(page)) }
  expect(await browser.post(`${running.issuer}/account/ways/add`, form)).toMatchObject({ status: 303 })
  return authenticator
}

/** The passkey's page at a login of the admin plane. */
const atPasskeyPage = async () => {
  const { running, origin } = admin
  const redirectUri = `${origin}/callback`
  const scope = `openid ${ADMIN_SCOPE}`
  const app = createPlainRelyingParty({ issuer: running.issuer, clientId: ADMIN_CLIENT, redirectUri, scope })
  const request = app.authorize({ resource: origin })
  const browser = createHttpBrowser()
  const { location: upstream = '' } = await browser.get(request.url)
  // The upstream says no.
  const refusal = new URLSearchParams({
    error: 'access_denied',
    state: new URL(upstream).searchParams.get('state') ?? '',
  })
  const { location = '' } = await browser.get(`${running.issuer}/callback/itsme?${refusal}`)
  const url = new URL(`${location}/passkey`, running.issuer).href
  return { app, request, browser, redirectUri, url, page: await browser.get(url) }
}

test('where a passkey counts as the highest level, it lets an admin in, and the API takes the token', async () => {
  await start({ passkeys: { acr: 'urn:pias:acr:advanced' } })
  const authenticator = await makePasskey()
  const { app, request, browser, redirectUri, url, page } = await atPasskeyPage()
  const shown = await browser.post(url, { csrf: csrfOf(page), credential: authenticator.get(optionsOf(page)) })
  const answers = await browser.follow(shown.location ?? '', location => location.startsWith(redirectUri))
  const code = URL.parse(answers.at(-1)?.location ?? '')?.searchParams.get('code') ?? ''
  const resource = admin.origin
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, resource }
  const answer = await app.token(browser, { ...form, code_verifier: request.verifier })
  const { access_token: token } = answer.json<{ access_token: string }>()
  // Nobody has a role yet: the token is taken, and its person may do nothing.
  expect(await admin.call(token, 'GET', '/me')).toMatchObject({ status: 200 })
})

test('where it counts less, as it does by default, the admin plane does not offer it', async () => {
  await start()
  await makePasskey()
  const { page } = await atPasskeyPage()
  expect(page.body).not.toContain('data-options')
  expect(page.location).toMatch(/\/interaction\/[\w-]+$/)
})
