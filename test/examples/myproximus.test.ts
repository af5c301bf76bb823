import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose'
import supertest from 'supertest'
import { createMyProximus } from '#examples/relying-parties/myproximus-web/app.ts'
import { SAMPLES } from '#examples/relying-parties/samples.ts'
import { readRegistration, startSample } from '#examples/relying-parties/shared/start-sample.ts'
import { startStubProvider } from './stub-provider.ts'

let provider: Awaited<ReturnType<typeof startStubProvider>>
let errors: unknown[]
let privateJwk: JWK
let publicKey: CryptoKey
let keysDir: string

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true })
  publicKey = pair.publicKey
  const jwk = await exportJWK(pair.privateKey)
  privateJwk = { ...jwk, kid: await calculateJwkThumbprint(jwk) }
  keysDir = mkdtempSync(join(tmpdir(), 'pias-keys-'))
  writeFileSync(join(keysDir, 'myproximus-web.json'), JSON.stringify(privateJwk))
})
afterAll(() => rmSync(keysDir, { recursive: true }))

beforeEach(async () => {
  provider = await startStubProvider()
  errors = []
})

afterEach(() => provider.close())

const options = (more: object = {}) => ({
  issuer: provider.issuer,
  registration: readRegistration('myproximus-web'),
  privateJwk,
  baseUrl: 'http://localhost:3200',
  onError: (error: unknown) => errors.push(error),
  ...more,
})

const start = (port: number) =>
  startSample(SAMPLES[0], createMyProximus, { ...options(), keysDir, host: '127.0.0.1', port })

/** One browser: it keeps its cookies. */
const open = (more: object = {}) => supertest.agent(createMyProximus(options(more)).callback())

type Browser = ReturnType<typeof open>

/** Clicks the button, and reads what the app has pushed to the provider. */
const logIn = async (browser: Browser): Promise<URLSearchParams> => {
  const response = await browser.get('/login').expect(303)
  const { searchParams } = new URL(response.headers.location ?? '')
  expect([...searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
  return provider.pushed.get(searchParams.get('request_uri') ?? '') ?? new URLSearchParams()
}

const callback = (asked: URLSearchParams, answer: Record<string, string> = { code: 'the-code' }): string => {
  provider.answers.idToken.nonce = asked.get('nonce')
  return `/callback?${new URLSearchParams({ ...answer, state: asked.get('state') ?? '', iss: provider.issuer })}`
}

const LOTTE = {
  name: 'Lotte Vandenbroucke',
  given_name: 'Lotte Marie',
  birthdate: '1988-03-14',
  email: 'lotte@example.com',
  email_verified: false,
  phone_number: '+32470123456',
  phone_number_verified: true,
  address: { street_address: 'Zennestraat 32', postal_code: '1000', locality: 'Brussel' },
  customer_accounts: [
    { service_line: 'mobile', customer_id: 'MOB-100001', role: 'holder' },
    { service_line: 'mobile', customer_id: 'MOB-100002', role: 'user' },
    { service_line: 'tv', customer_id: 'TV-1"><script>', role: 'administrator' },
    { service_line: 'fax', customer_id: 'FAX-1' },
    'nonsense',
  ],
}

/** The cards of the page by service line, as the words on them. */
const cardsOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/data-service-line="(\w+)">(.*?)<\/li>/gs)].map(([, line, card]) => [
      line,
      (card ?? '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '),
    ]),
  )

describe('the authorization request', () => {
  test('is code with PKCE S256, exact redirect URI, all scopes', async () => {
    const asked = await logIn(open())
    expect(Object.fromEntries(asked)).toEqual({
      response_type: 'code',
      client_id: 'myproximus-web',
      redirect_uri: 'http://localhost:3200/callback',
      scope: 'openid profile email phone address customer offline_access',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.any(String),
    })
  })

  test('is pushed with a proof by the key of the app, for this provider alone', async () => {
    const assertion = (await logIn(open())).get('client_assertion') ?? ''
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, {
      issuer: 'myproximus-web',
      subject: 'myproximus-web',
      audience: provider.issuer,
    })
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: privateJwk.kid })
    expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(300)
  })

  test('is new every time', async () => {
    const browser = open()
    const [one, other] = [await logIn(browser), await logIn(browser)]
    for (const name of ['state', 'nonce', 'code_challenge']) expect(one.get(name)).not.toBe(other.get(name))
  })

  test('is not made for another issuer that initiates it', async () => {
    const response = await open().get('/login?iss=https://evil.example').expect(400)
    expect(response.text).toContain('issuer_unknown')
    await open().get(`/login?iss=${provider.issuer}`).expect(303)
  })

  test('leaves one cookie that scripts and other sites do not get', async () => {
    const response = await open().get('/login')
    expect(response.headers['set-cookie']).toEqual([
      expect.stringMatching(/^myproximus=[\w-]{43}; path=\/; samesite=lax; httponly$/),
    ])
  })
})

describe('the customer zone', () => {
  const enter = async (browser = open()): Promise<{ browser: Browser; html: string }> => {
    provider.answers.userinfo = LOTTE
    await browser
      .get(callback(await logIn(browser)))
      .expect(303)
      .expect('location', '/')
    return { browser, html: (await browser.get('/').expect(200)).text }
  }

  test('shows each service line, linked or not', async () => {
    const cards = cardsOf((await enter()).html)
    expect(Object.keys(cards)).toEqual(['mobile', 'internet', 'tv', 'landline'])
    expect(cards.mobile).toMatch(/Linked.*MOB-100001.*You hold this contract.*MOB-100002.*You use this service/)
    expect(cards.tv).toContain('You manage this for a company')
    expect(cards.internet).toContain('Not linked')
    expect(cards.landline).toContain('Not linked')
  })

  test('greets by first name and shows details with their provenance', async () => {
    const { html } = await enter()
    expect(html).toMatch(/Hello <span[^>]*>Lotte</)
    const words = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
    expect(words).toMatch(
      /14 March 1988.*\+32470123456 verified.*lotte@example\.com Address Zennestraat 32, 1000 Brussel/,
    )
  })

  test('escapes what comes from outside', async () => {
    const { html } = await enter()
    expect(html).toContain('TV-1&#34;&gt;&lt;script&gt;')
    expect(html).not.toContain('<script')
  })

  test('never shows a whole token', async () => {
    const { html } = await enter()
    expect(html).toContain('refresh-to…')
    expect(html).not.toMatch(/stays-on-the-server|eyJ[\w-]+\.eyJ/)
  })

  test('redeems the code with the verifier of its own login', async () => {
    await enter()
    expect(provider.forms.map(form => [form.get('code'), form.get('code_verifier')?.length])).toEqual([
      ['the-code', 43],
    ])
  })

  test('says so when nothing is linked', async () => {
    const browser = open()
    provider.answers.userinfo = { name: 'Nora' }
    await browser.get(callback(await logIn(browser)))
    expect((await browser.get('/')).text).toContain('No Proximus service is linked to you yet')
  })

  test('is for this browser only', async () => {
    await enter()
    expect((await open().get('/')).text).toContain('Continue with itsme')
  })

  test('logging out ends here first, then at the provider', async () => {
    const { browser } = await enter()
    const response = await browser.post('/logout').expect(303)
    const target = new URL(response.headers.location ?? '')
    expect(target.pathname).toBe('/session/end')
    expect(target.searchParams.get('id_token_hint')).toMatch(/^eyJ/)
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe('http://localhost:3200/')
    const home = await browser.get(`/?state=${target.searchParams.get('state')}`)
    expect(home.text).toContain('You are logged out of MyProximus')
    await browser.post('/logout').expect(303).expect('location', '/')
  })

  test('two tabs may log in at once, in any order', async () => {
    const browser = open()
    provider.answers.userinfo = LOTTE
    const [first, second] = [await logIn(browser), await logIn(browser)]
    await browser.get(callback(second)).expect(303)
    await browser.get(callback(first)).expect(303)
    expect(provider.forms).toHaveLength(2)
  })

  test('a login gets a new session id', async () => {
    const browser = open()
    const asked = await logIn(browser)
    const before = (await browser.get('/login')).headers['set-cookie']
    const after = (await browser.get(callback(asked))).headers['set-cookie']
    expect(String(after)).not.toContain(String(before).slice(0, 40))
  })
})

describe('a callback that is refused', () => {
  test.each([
    ['without state', () => '/callback?code=x'],
    ['with a state that nobody gave', () => '/callback?code=x&state=invented'],
  ])('%s', async (_, path) => {
    const browser = open()
    await logIn(browser)
    const response = await browser.get(path()).expect(400)
    expect(response.text).toContain('state_unknown')
    expect(provider.forms).toHaveLength(0)
  })

  test('in another browser', async () => {
    const asked = await logIn(open())
    await open().get(callback(asked)).expect(400)
    expect(provider.forms).toHaveLength(0)
  })

  test('a second time', async () => {
    const browser = open()
    const path = callback(await logIn(browser))
    await browser.get(path).expect(303)
    await browser.get(path).expect(400)
    expect(provider.forms).toHaveLength(1)
  })

  test.each([
    ['another issuer', { code: 'x', iss: 'https://evil.example' }],
    ['no issuer', { code: 'x' }],
  ])('from %s (RFC 9207)', async (_, answer) => {
    const browser = open()
    const state = (await logIn(browser)).get('state') ?? ''
    const response = await browser.get(`/callback?${new URLSearchParams({ ...answer, state })}`).expect(502)
    expect(response.text).toContain('Logging in did not work')
    expect(provider.forms).toHaveLength(0)
  })

  test.each([
    ['the nonce of another login', { nonce: 'other' }],
    ['another audience', { aud: 'somebody-else' }],
  ])('with an ID token with %s', async (_, claims) => {
    const browser = open()
    const path = callback(await logIn(browser))
    provider.answers.idToken = { ...provider.answers.idToken, ...claims }
    await browser.get(path).expect(502)
    expect((await browser.get('/')).text).toContain('Continue with itsme')
  })
})

describe('an error of the provider', () => {
  test.each([
    ['access_denied', 200, 'You did not log in'],
    ['temporarily_unavailable', 503, 'Logging in is not possible just now'],
    ['server_error', 502, 'Logging in did not work'],
    ['<script>', 502, '&lt;script&gt;'],
  ])('%s has a page with a way on', async (error, status, words) => {
    const browser = open()
    const path = callback(await logIn(browser), { error, error_description: 'not for people' })
    const response = await browser.get(path).expect(status)
    expect(response.text).toContain(words)
    expect(response.text).toContain('href="/login"')
    expect(response.text).not.toContain('not for people')
  })

  test('at the token endpoint names its code', async () => {
    const browser = open()
    const path = callback(await logIn(browser))
    provider.answers.tokenError = { status: 400, body: { error: 'invalid_grant' } }
    expect((await browser.get(path).expect(502)).text).toContain('invalid_grant')
    expect(errors).toHaveLength(1)
  })
})

describe('a provider that is down', () => {
  test('has a page, and the next try works', async () => {
    const browser = open()
    provider.answers.down = true
    const response = await browser.get('/login').expect(503)
    expect(response.text).toContain('Our login service does not answer')
    provider.answers.down = false
    await logIn(browser)
  })

  test('as a closed port has the same page', async () => {
    const running = await start(0)
    await running.close()
    const browser = open({ issuer: `http://127.0.0.1:${running.port}` })
    expect((await browser.get('/login').expect(503)).text).toContain('Our login service does not answer')
  })

  test('does not matter before somebody logs in', async () => {
    const browser = open({ issuer: 'http://127.0.0.1:1' })
    await browser.get('/healthz').expect(200, { status: 'ok' })
    expect((await browser.get('/').expect(200)).text).toContain('Continue with itsme')
  })
})

test('every answer forbids scripts and frames, and is not stored', async () => {
  for (const path of ['/', '/callback', '/nowhere']) {
    const { headers, text } = await open().get(path)
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self';/)
    expect(headers['cache-control']).toBe('no-store')
    expect(text).not.toMatch(/<script|\sstyle=|<style/)
  }
})

test('an address that does not exist has its page', async () => {
  expect((await open().get('/nowhere').expect(404)).text).toContain('This page does not exist')
})

test('behind https its cookie is bound to the host', async () => {
  const app = createMyProximus(options({ baseUrl: 'https://my.example' }))
  app.proxy = true
  const response = await supertest(app.callback()).get('/login').set('x-forwarded-proto', 'https').expect(303)
  expect(String(response.headers['set-cookie'])).toMatch(/^__Host-myproximus=.*; secure/)
})

test('a taken port is one clear line', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  await expect(start(port)).rejects.toThrow(
    `MyProximus: port ${port} is in use: stop what runs there, or choose another port with MYPROXIMUS_PORT`,
  )
  taken.close()
})
