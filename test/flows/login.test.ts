import { createPublicKey, verify } from 'node:crypto'
import { personaTruth } from '#examples/customer-data/personas.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { logIn, REDIRECT_URI } from '#test/support/log-in.ts'
import { createPlainRelyingParty, type PlainRelyingParty } from '#test/support/relying-party.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/**
 * One login from end to end, by a client that is written in plain HTTP: every redirect, cookie, header and claim is
 * looked at. Once over http on loopback and once over https.
 */
type Jwt = { header: Record<string, unknown>; payload: Record<string, unknown> }

const decode = (jwt: string): Jwt => {
  const [header = '', payload = ''] = jwt.split('.')
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  return { header: parse(header), payload: parse(payload) }
}

const verifyEs256 = (jwt: string, jwks: { keys: Record<string, string>[] }): boolean => {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const jwk = jwks.keys.find(({ kid }) => kid === decode(jwt).header.kid)
  const key = createPublicKey({ key: jwk as never, format: 'jwk' })
  const data = Buffer.from(`${header}.${payload}`)
  return verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
}

describe.each([
  ['http on loopback', false],
  ['https', true],
])('a first login over %s', (_name, https) => {
  let running: RunningPias
  let app: PlainRelyingParty
  let browser: HttpBrowser
  let steps: Answer[]
  let token: Answer
  const request = () => app.authorize()
  let asked: ReturnType<typeof request>

  beforeAll(async () => {
    running = await startPias({ https })
    const { issuer, certificate } = running
    app = createPlainRelyingParty({
      issuer,
      clientId: TEST_CLIENT.client_id,
      secret: TEST_CLIENT.client_secret,
      redirectUri: REDIRECT_URI,
      scope: 'openid profile email phone address customer offline_access',
    })
    browser = createHttpBrowser(certificate === undefined ? {} : { ca: certificate.pem })
    asked = app.authorize({ ui_locales: 'fr-BE nl' })
    steps = await logIn(browser, asked.url, 'lotte')
    token = await app.redeem(browser, steps.at(-1)?.location ?? '', asked)
  })
  afterAll(() => running.close())

  test('is four requests to PIAS and shows no page', () => {
    const { issuer, simulator } = running
    const hosts = steps.map(({ status, location }) => [status, new URL(location ?? 'none:').origin])
    expect(hosts).toEqual([
      [303, simulator.origin],
      [expect.any(Number), issuer],
      [303, issuer],
      [303, new URL(REDIRECT_URI).origin],
    ])
    // Three of these were answered by PIAS; the token request is the fourth.
    expect(steps.length - 1 + 1).toBe(4)
  })

  test('asks itsme as itsme wants to be asked', () => {
    const upstream = new URL(steps[0]?.location ?? '')
    const query = Object.fromEntries(upstream.searchParams)
    expect(query).toMatchObject({
      client_id: 'PIAS_DEMO',
      response_type: 'code',
      redirect_uri: `${running.issuer}/callback/itsme`,
      code_challenge_method: 'S256',
      ui_locales: expect.stringContaining('fr'),
    })
    expect(query.scope).toContain('service:PIAS_LOGIN')
    expect(query.scope).not.toContain('eid')
    expect(`${query.state}`.length).toBeGreaterThan(40)
    expect(query.nonce).toBeDefined()
    expect(upstream.href).not.toContain('NationalNumber')
  })

  test('sets only cookies that scripts, other sites and other hosts cannot use', () => {
    const cookies = steps.flatMap(({ setCookies }) => setCookies)
    expect(cookies.length).toBeGreaterThan(3)
    for (const { name, attributes } of cookies) {
      expect([name, attributes]).toEqual([name, expect.objectContaining({ httponly: true, samesite: 'lax' })])
      expect(attributes.domain).toBeUndefined()
      expect(attributes.secure).toBe(https ? true : undefined)
      if (https) expect(name).toMatch(/^__(Host|Secure)-/)
      else expect(name).not.toMatch(/^__/)
      if (name.startsWith('__Host-')) expect(attributes.path).toBe('/')
    }
  })

  test('sends the code back with state and issuer (RFC 9207)', () => {
    const callback = new URL(steps.at(-1)?.location ?? '')
    expect(callback.href.startsWith(`${REDIRECT_URI}?`)).toBe(true)
    expect(callback.searchParams.get('state')).toBe(asked.state)
    expect(callback.searchParams.get('iss')).toBe(running.issuer)
    expect(callback.searchParams.get('code')?.length).toBeGreaterThan(40)
  })

  test('answers tokens that are not cached', () => {
    expect(token.status).toBe(200)
    expect(token.headers['cache-control']).toBe('no-store')
    expect(token.json()).toMatchObject({ token_type: 'Bearer', expires_in: 600, refresh_token: expect.any(String) })
  })

  test('signs an ID token that says who, how and when', async () => {
    const { id_token: idToken } = token.json<{ id_token: string }>()
    const jwks = (await browser.get(`${running.issuer}/jwks`)).json<{ keys: Record<string, string>[] }>()
    const { header, payload } = decode(idToken)
    expect(header.alg).toBe('ES256')
    expect(verifyEs256(idToken, jwks)).toBe(true)
    expect(jwks.keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256'])
    expect(jwks.keys.some(key => 'd' in key)).toBe(false)
    const now = Date.now() / 1000
    expect(payload).toMatchObject({
      iss: running.issuer,
      aud: TEST_CLIENT.client_id,
      nonce: asked.nonce,
      acr: 'urn:pias:acr:basic',
      amr: ['mfa', 'itsme'],
    })
    expect(Math.abs(Number(payload.auth_time) - now)).toBeLessThan(60)
    expect(payload.sub).toMatch(/^[\w-]{22}$/)
    for (const claim of ['name', 'email', 'phone_number', 'address', 'customer_accounts']) {
      expect(payload).not.toHaveProperty(claim)
    }
  })

  test('gives the verified claims at userinfo, with their provenance, and the four services', async () => {
    const { access_token: accessToken } = token.json<{ access_token: string }>()
    const userinfo = await browser.get(`${running.issuer}/me`, {
      accept: 'application/json',
      authorization: `Bearer ${accessToken}`,
    })
    const claims = userinfo.json()
    expect(claims).toMatchObject({
      given_name: 'Lotte Marie',
      family_name: 'Vandenbroucke',
      birthdate: '1988-03-14',
      email: 'lotte.vandenbroucke@example.com',
      email_verified: false,
      phone_number: '+32470123456',
      phone_number_verified: true,
      address: expect.objectContaining({ postal_code: '1000' }),
      updated_at: expect.any(Number),
    })
    const linked = (claims.customer_accounts as Record<string, string>[]).map(account => ({
      serviceLine: account.service_line,
      customerId: account.customer_id,
    }))
    expect(linked).toHaveLength(4)
    expect(linked).toEqual(expect.arrayContaining([...personaTruth().lotte.link]))
  })

  test('gives no more than the scopes that were granted', async () => {
    const narrow = createPlainRelyingParty({
      issuer: running.issuer,
      clientId: TEST_CLIENT.client_id,
      secret: TEST_CLIENT.client_secret,
      redirectUri: REDIRECT_URI,
      scope: 'openid phone',
    })
    const ask = narrow.authorize()
    const answers = await browser.fork().follow(ask.url, location => location.startsWith(REDIRECT_URI))
    // The browser is logged in: one request, no itsme.
    expect(answers).toHaveLength(1)
    const redeemed = await narrow.redeem(browser, answers.at(-1)?.location ?? '', ask)
    const { access_token: accessToken } = redeemed.json<{ access_token: string }>()
    const userinfo = await browser.get(`${running.issuer}/me`, {
      accept: 'application/json',
      authorization: `Bearer ${accessToken}`,
    })
    expect(Object.keys(userinfo.json()).sort()).toEqual(['phone_number', 'phone_number_verified', 'sub'])
  })

  test('knows the person again in a new browser: same sub, no page, no second account', async () => {
    const other = createHttpBrowser(running.certificate === undefined ? {} : { ca: running.certificate.pem })
    const ask = app.authorize()
    const answers = await logIn(other, ask.url, 'lotte')
    expect(answers.map(({ status }) => status >= 300 && status < 400)).toEqual([true, true, true, true])
    const again = await app.redeem(other, answers.at(-1)?.location ?? '', ask)
    const sub = (answer: Answer) => decode(answer.json<{ id_token: string }>().id_token).payload.sub
    expect(sub(again)).toBe(sub(token))
  })

  test('refreshes, and revokes', async () => {
    const { refresh_token: refreshToken } = token.json<{ refresh_token: string }>()
    const refreshed = await app.token(browser, { grant_type: 'refresh_token', refresh_token: refreshToken })
    expect(refreshed.status).toBe(200)
    const next = refreshed.json<{ refresh_token: string; access_token: string }>()
    const revoked = await browser.post(
      `${running.issuer}/token/revocation`,
      { token: next.refresh_token },
      {
        authorization: `Basic ${Buffer.from(`test-app:${encodeURIComponent(TEST_CLIENT.client_secret)}`).toString('base64')}`,
      },
    )
    expect(revoked.status).toBe(200)
    const after = await app.token(browser, { grant_type: 'refresh_token', refresh_token: next.refresh_token })
    expect([after.status, after.json().error]).toEqual([400, 'invalid_grant'])
    const userinfo = await browser.get(`${running.issuer}/me`, { authorization: `Bearer ${next.access_token}` })
    expect(userinfo.status).toBe(401)
  })

  test('logs out, by the app, with a page of our own', async () => {
    const { id_token: idToken } = token.json<{ id_token: string }>()
    const query = new URLSearchParams({
      id_token_hint: idToken,
      post_logout_redirect_uri: 'http://127.0.0.1:9/',
      state: 'after-logout',
    })
    const page = await browser.get(`${running.issuer}/session/end?${query}`)
    expect(page.status).toBe(200)
    expect(page.body).toContain(TEST_CLIENT.client_name)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const ended = await browser.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
    expect([ended.status, ended.location]).toEqual([303, 'http://127.0.0.1:9/?state=after-logout'])
    const after = await browser.get(app.authorize({ prompt: 'none' }).url)
    expect(new URL(after.location ?? '').searchParams.get('error')).toBe('login_required')
    const twice = await browser.get(`${running.issuer}/session/end?${query}`)
    expect([twice.status, twice.location]).toEqual([303, 'http://127.0.0.1:9/?state=after-logout'])
  })

  test('logs nothing of the person', () => {
    const text = JSON.stringify(running.log)
    for (const secret of [
      'Lotte',
      'Vandenbroucke',
      '1988',
      '470123456',
      'Zennestraat',
      'example.com',
      TEST_CLIENT.client_secret,
    ]) {
      expect(text).not.toContain(secret)
    }
  })

  test('every answer of PIAS carries the security headers', () => {
    const own = steps.filter((_, index) => index !== 1)
    for (const { headers } of own) {
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': expect.stringContaining('no-store'),
      })
      expect(headers['strict-transport-security'] !== undefined).toBe(https)
    }
  })
})
