import { asPersona, atApp, createTestApp, type Tokens } from '#test/support/log-in.ts'
import { TEST_CLIENT } from '#test/support/start-pias.ts'
import { csrfOf } from '#test/support/uncertain.ts'
import type { Canaries } from './canaries.ts'

/** A record that nobody is certain of, at a contact on file; beside the personas' own. */
export const ON_FILE = {
  customerId: 'MOB-800001',
  serviceLine: 'mobile',
  firstName: 'An',
  lastName: 'Willems',
  birthDate: '1983-04-26',
  emails: ['an.old@example.net'],
  phones: ['0475 90 80 70'],
  role: 'user',
  invoiceReferences: ['INV-8'],
  address: { street: 'Dorp', number: '1', postalCode: '2000', locality: 'Antwerpen', country: 'BE' },
}

/** A proof that is right for the persona `confirm`. */
export const RIGHT = { customerId: 'INT-200001', invoiceReference: 'INV-2025-0200001' }

/** How a test client proves itself (RFC 6749, 2.3.1). */
export const basicOf = ({ client_id, client_secret }: { client_id: string; client_secret: string }): string =>
  `Basic ${btoa(`${client_id}:${encodeURIComponent(client_secret)}`)}`

const TOKENS = ['access_token', 'id_token', 'refresh_token'] as const

/** Logins with every secret of theirs looked for. */
export const createLogins = (canaries: Canaries, issuer: string) => {
  const { keep, canary, browser: newBrowser } = canaries

  /** A login up to the app or a page; `persona` of those without a page. */
  const logInAs = async (persona: string, client = TEST_CLIENT) => {
    const [browser, app] = [newBrowser(), createTestApp({ issuer }, client)]
    const asked = app.authorize({ login_hint: canary('login_hint') })
    for (const name of ['state', 'nonce', 'verifier'] as const) keep(`${name} of the app`, asked[name])
    const begun = await browser.get(asked.url)
    for (const name of ['state', 'nonce', 'code_challenge']) {
      keep(`${name} for itsme`, new URL(begun.location ?? '').searchParams.get(name))
    }
    const seen = await browser.follow(asPersona(begun.location, persona), atApp)
    for (const { location } of seen) keep('code', location && new URL(location).searchParams.get('code'))
    return { browser, app, asked, begun, seen }
  }

  const keepTokens = (tokens: Tokens): Tokens => {
    for (const name of TOKENS) keep(name, tokens[name])
    return tokens
  }

  /** A whole login with refresh, userinfo, introspection, revocation and logout, and each of them a second time. */
  const driveLogin = async (): Promise<void> => {
    const { browser, app, asked, seen } = await logInAs('lotte')
    const redeemed = await app.redeem(browser, seen.at(-1)?.location ?? '', asked)
    const tokens = keepTokens(redeemed.json<Tokens>())
    await app.redeem(browser, seen.at(-1)?.location ?? '', asked)
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
    const { access_token: accessToken } = keepTokens((await app.token(browser, form)).json<Tokens>())
    const bearer = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
    await browser.get(`${issuer}/me`, bearer)
    await browser.post(`${issuer}/me`, {}, bearer)
    await app.token(browser, form)
    const basic = { authorization: basicOf(TEST_CLIENT), accept: 'application/json' }
    await browser.post(`${issuer}/token/introspection`, { token: accessToken }, basic)
    await browser.post(`${issuer}/token/revocation`, { token: accessToken }, basic)

    const logout = new URLSearchParams({
      id_token_hint: tokens.id_token,
      state: canary('logout state'),
      post_logout_redirect_uri: TEST_CLIENT.post_logout_redirect_uris[0] ?? '',
    })
    await browser.post(`${issuer}/session/end`, Object.fromEntries(logout))
    const page = await browser.get(`${issuer}/session/end?${logout}`)
    const xsrf = keep('logout token', /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1])
    await browser.post(`${issuer}/session/end/confirm`, { logout: 'yes', xsrf: canary('xsrf') })
    await browser.post(`${issuer}/session/end/confirm`, { logout: 'yes', xsrf })
    await browser.get(`${issuer}/session/end/success?client_id=${TEST_CLIENT.client_id}`)
  }

  /** A request that was pushed. */
  const drivePushed = async (): Promise<void> => {
    const browser = newBrowser()
    const asked = createTestApp({ issuer }).authorize({ login_hint: canary('login_hint') })
    const headers = { authorization: basicOf(TEST_CLIENT), accept: 'application/json' }
    const pushed = await browser.post(`${issuer}/request`, Object.fromEntries(new URL(asked.url).searchParams), headers)
    const uri = keep('pushed request', pushed.json<{ request_uri: string }>().request_uri)
    const parameters = { client_id: TEST_CLIENT.client_id, request_uri: uri }
    await browser.post(`${issuer}/auth`, parameters)
    const begun = await browser.get(`${issuer}/auth?${new URLSearchParams(parameters)}`)
    const seen = await browser.follow(asPersona(begun.location, 'lotte'), atApp)
    for (const { location } of seen) keep('code', location && new URL(location).searchParams.get('code'))
  }

  const meetUncertain = async (persona: string) => {
    const { browser, seen } = await logInAs(persona)
    const uid = keep('interaction', /\/interaction\/([\w-]+)\/prove"/.exec(seen.at(-1)?.body ?? '')?.[1])
    const url = (path: string) => `${issuer}/interaction/${uid}${path}`
    const csrf = keep('form token', csrfOf(await browser.get(url('/prove'))))
    return { browser, url, csrf }
  }

  /** The code that was sent to an address, once it was. */
  const sentCode = async (address: string): Promise<string> => {
    for (;;) {
      const page = (await newBrowser().get(`${issuer}/outbox`)).body
      const [, code] = new RegExp(`to ${address}</strong>[\\s\\S]*?(\\d{6})`).exec(page) ?? []
      // Six digits alone may be part of any number.
      if (code !== undefined) return keep('code that was sent', `"${code}"`).replaceAll('"', '')
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  /** Somebody who is sent a code, somebody who is new, and somebody new who gives a mail address. */
  const driveCode = async (): Promise<void> => {
    const { browser, url, csrf } = await meetUncertain('confirm')
    await browser.post(url('/contact'), { csrf, contact: keep('contact on file', ON_FILE.emails[0]) })
    await browser.post(url('/code'), { csrf, code: await sentCode(ON_FILE.emails[0] ?? '') })
    await browser.get(url(''))
    const nobody = await meetUncertain('nora')
    await nobody.browser.post(nobody.url('/new'), { csrf: nobody.csrf })
    const { browser: from, url: at, csrf: token } = await meetUncertain('no-email')
    const email = `${canary('mail address')}@example.net`
    await from.post(at('/new'), { csrf: token, email })
    await from.get(at('/new/code'))
    await from.post(at('/new/code'), { csrf: token, code: await sentCode(email) })
  }

  /** Somebody PIAS is not certain of: wrong proofs, a contact that is nobody's, the right proof. */
  const driveUncertain = async (): Promise<void> => {
    const { browser, url, csrf } = await meetUncertain('confirm')
    const numbers = { customerId: canary('customer number'), invoiceReference: canary('invoice reference') }
    await browser.post(url('/prove'), { csrf: canary('csrf'), ...numbers })
    await browser.post(url('/prove'), { csrf, ...numbers })
    await browser.get(url('/new'))
    await browser.post(url('/new'), { csrf: canary('csrf'), name: canary('name'), email: canary('email') })
    await browser.get(url('/contact'))
    await browser.post(url('/contact'), { csrf, contact: `${canary('contact')}@example.com` })
    await browser.get(url('/code'))
    await browser.post(url('/code'), { csrf, code: canary('typed code') })
    await browser.post(url('/code/again'), { csrf })
    await browser.get(`${url('')}?lang=${canary('lang')}`)
    await newBrowser().get(url('/prove'))
    await browser.follow((await browser.post(url('/prove'), { csrf, ...RIGHT })).location ?? '', atApp)
    await browser.post(url('/found'), { csrf })
    await browser.follow(url(''), atApp)
  }

  /** The callback of itsme with answers nobody gave. */
  const driveCallback = async (): Promise<void> => {
    const callback = `${issuer}/callback/itsme`
    const forged = { code: canary('code'), state: canary('state'), iss: canary('iss') }
    await newBrowser().get(`${callback}?${new URLSearchParams(forged)}`)
    for (const answer of [
      { code: canary('code of itsme') },
      { error: canary('error of itsme'), error_description: canary('error_description of itsme') },
      { error: 'access_denied', error_description: canary('error_description of itsme') },
    ]) {
      const browser = newBrowser()
      const begun = await browser.get(createTestApp({ issuer }).authorize().url)
      const state = keep('state for itsme', new URL(begun.location ?? '').searchParams.get('state'))
      const seen = await browser.follow(`${callback}?${new URLSearchParams({ state, ...answer })}`, atApp)
      const uid = /\/interaction\/([\w-]+)\//.exec(seen.at(-1)?.body ?? '')?.[1]
      if (uid === undefined) continue
      await browser.get(`${issuer}/interaction/${uid}/retry`)
      await browser.follow(`${issuer}/interaction/${uid}/cancel`, atApp)
    }
  }

  return { logInAs, keepTokens, driveLogin, drivePushed, driveCode, driveUncertain, driveCallback }
}
