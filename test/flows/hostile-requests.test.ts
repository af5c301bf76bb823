import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, atApp, createTestApp, logIn, REDIRECT_URI, redeem } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { rawRequest } from '#test/support/raw-request.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** Requests that no honest app or browser sends. */
let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

type Change = (query: URLSearchParams) => void

/** An authorization request of the test app with something wrong in it. */
const ask = (change: Change, from = createHttpBrowser()) => {
  const url = new URL(createTestApp(running).authorize().url)
  change(url.searchParams)
  return from.get(url.href)
}
const set =
  (name: string, value: string): Change =>
  query =>
    query.set(name, value)

describe('an authorization request', () => {
  test.each<[string, Change]>([
    ['an unregistered redirect URI', set('redirect_uri', 'https://evil.example/callback')],
    ['a redirect URI that begins like ours', set('redirect_uri', `${REDIRECT_URI}/more`)],
    ['a redirect URI with a query', set('redirect_uri', `${REDIRECT_URI}?x=1`)],
    ['a redirect URI with dot segments', set('redirect_uri', `${REDIRECT_URI}/../callback`)],
    ['a redirect URI with another port', set('redirect_uri', 'http://127.0.0.1:10/callback')],
    ['a redirect URI with credentials', set('redirect_uri', 'http://evil@127.0.0.1:9/callback')],
    ['a script as redirect URI', set('redirect_uri', 'javascript:alert(1)')],
    ['no redirect URI', query => query.delete('redirect_uri')],
    ['an unknown client', set('client_id', 'unknown')],
    ['a client named like a method', set('client_id', '__proto__')],
    ['no client', query => query.delete('client_id')],
    ['two clients', query => query.append('client_id', 'other')],
    ['two redirect URIs', query => query.append('redirect_uri', 'https://evil.example/callback')],
    [
      'an unregistered redirect URI and another error',
      query => {
        query.set('redirect_uri', 'https://evil.example/callback')
        query.set('response_type', 'token')
      },
    ],
    ['markup as client', set('client_id', '"><script>alert(1)</script>')],
  ])('with %s is told on our own page and sent nowhere', async (_name, change) => {
    const page = await ask(change)
    expect([page.status, page.location, isOwnPage(page)]).toEqual([400, undefined, true])
    expect(page.body).not.toContain('<script>alert')
    expect(page.setCookies).toEqual([])
  })

  test.each<[string, Change, string]>([
    ['no PKCE', query => query.delete('code_challenge'), 'invalid_request'],
    ['plain PKCE', set('code_challenge_method', 'plain'), 'invalid_request'],
    ['PKCE without a method', query => query.delete('code_challenge_method'), 'invalid_request'],
    ['a PKCE challenge that is none', set('code_challenge', 'short'), 'invalid_request'],
    ['no response type', query => query.delete('response_type'), 'invalid_request'],
    ['an unknown response type', set('response_type', 'magic'), 'unsupported_response_type'],
    ['response mode form_post', set('response_mode', 'form_post'), 'unsupported_response_mode'],
    ['response mode fragment', set('response_mode', 'fragment'), 'unsupported_response_mode'],
    ['an unknown response mode', set('response_mode', 'web_message'), 'unsupported_response_mode'],
    ['prompt none without a session', set('prompt', 'none'), 'login_required'],
    ['prompt none and login', set('prompt', 'none login'), 'invalid_request'],
    ['an unknown prompt', set('prompt', 'magic'), 'invalid_request'],
    ['two scopes', query => query.append('scope', 'openid'), 'invalid_request'],
    ['two nonces', query => query.append('nonce', 'x'), 'invalid_request'],
    ['a wrong max_age', set('max_age', '-1'), 'invalid_request'],
    ['a request object that is none', set('request', 'e30.e30.'), 'invalid_request_object'],
    ['a request object elsewhere', set('request_uri', 'https://evil.example/r'), 'request_uri_not_supported'],
    ['a wrong id_token_hint', set('id_token_hint', 'x.y.z'), 'invalid_request'],
  ])('with %s goes back to the app with the right error, state and issuer', async (_name, change, error) => {
    const answer = await ask(change)
    expect(answer.status).toBe(303)
    expect(answer.location).not.toContain('#')
    expect(appAnswer(answer)).toMatchObject({ error, state: expect.any(String), iss: running.issuer })
  })

  test.each(['token', 'id_token', 'code token', 'code id_token', 'id_token token'])(
    'for the implicit or hybrid "%s" gets no token: unsupported_response_type',
    async responseType => {
      const answer = await ask(set('response_type', responseType))
      expect([answer.status, atApp(answer.location ?? '')]).toEqual([303, true])
      expect(answer.location).toContain('error=unsupported_response_type')
      expect(answer.location).not.toMatch(/[?#&](code|access_token|id_token)=/)
    },
  )

  test('by POST is the same one by GET; what is in the address of a POST counts for nothing', async () => {
    const query = new URL(createTestApp(running).authorize().url).searchParams
    const browser = createHttpBrowser()
    const sent = await browser.post(`${running.issuer}/auth?client_id=evil`, Object.fromEntries(query))
    expect([sent.status, sent.location]).toEqual([303, `${running.issuer}/auth?${query}`])
    const twice = await browser.send('POST', `${running.issuer}/auth`, 'client_id=a&client_id=b', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect([twice.status, twice.location]).toEqual([303, `${running.issuer}/auth?client_id=a&client_id=b`])
  })

  test.each([
    ['anything but a form', 'application/json', '{}', 400],
    ['more than an address can hold', 'application/x-www-form-urlencoded', `state=${'x'.repeat(9000)}`, 413],
    ['a script as address', 'application/x-www-form-urlencoded', '//evil.example', 303],
  ])('by POST with %s goes nowhere else', async (_what, type, body, status) => {
    const answer = await createHttpBrowser().send('POST', `${running.issuer}/auth`, body, { 'content-type': type })
    expect(answer.status).toBe(status)
    expect(new URL(answer.location ?? running.issuer).origin).toBe(running.issuer)
  })

  test.each<[string, number, Change]>([
    ['a scope of 6 kB', 303, set('scope', `openid ${'x'.repeat(6000)}`)],
    ['20 kB of state', 431, set('state', 'x'.repeat(20_000))],
    [
      '2000 parameters',
      431,
      query => {
        for (let index = 0; index < 2000; index++) query.append(`p${index}`, 'xx')
      },
    ],
  ])('with %s does no harm', async (_name, status, change) => {
    expect((await ask(change)).status).toBe(status)
  })

  test.each<[string, Change]>([
    ['a null byte in state', set('state', 'a\0b')],
    ['a line break in state', set('state', 'a\r\nSet-Cookie: x=y')],
    ['a null byte in nonce', set('nonce', '\0')],
    ['lone surrogates in login_hint', set('login_hint', '\ud800')],
    ['strange ui_locales', set('ui_locales', `${'de-'.repeat(400)} \0 ../../etc`)],
    ['strange acr_values', set('acr_values', '__proto__ constructor \0')],
    ['claims that are not supported', set('claims', '{"id_token":{"name":{"essential":true}}}')],
    ['unknown parameters', set('constructor', '{"$gt":""}')],
    ['an unknown scope', set('scope', 'openid profile admin eid')],
  ])('with %s still comes to a login, whose answer is the state to the letter', async (_name, change) => {
    const browser = createHttpBrowser()
    const app = createTestApp(running)
    const request = app.authorize()
    const url = new URL(request.url)
    change(url.searchParams)
    const answers = await logIn(browser, url.href, 'lotte')
    expect(answers.filter(({ status }) => status >= 400)).toEqual([])
    expect(appAnswer(answers.at(-1)).state).toBe(url.searchParams.get('state'))
    expect(answers.flatMap(({ setCookies }) => setCookies).filter(({ name }) => name === 'x')).toEqual([])
  })

  test('for more scopes than there are gets those that there are', async () => {
    const browser = createHttpBrowser()
    const app = createTestApp(running, TEST_CLIENT, 'openid profile admin eid')
    const request = app.authorize()
    const answers = await logIn(browser, request.url, 'lotte')
    expect(await redeem(app, browser, answers, request)).toMatchObject({ scope: 'openid profile' })
  })
})

describe('methods and paths', () => {
  const paths = ['/auth', '/token', '/me', '/jwks', '/session/end', '/interaction/x', '/callback/itsme', '/livez', '/']
  test.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'OPTIONS', 'HEAD'])('%s does nothing', async method => {
    for (const path of paths) {
      const answer = await rawRequest(running.issuer, { method, path, headers: { accept: 'text/html', cookie: 'a=b' } })
      expect(answer.status).toBeLessThan(500)
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.body).not.toContain('a=b')
      if (!['HEAD', 'OPTIONS'].includes(method)) expect([path, answer.status]).toEqual([path, 404])
    }
  })

  const strange = [
    '/AUTH',
    '/auth/',
    '//auth',
    '/auth/%2e%2e/token',
    '/auth;x=y',
    '/interaction/%',
    '/interaction/%E0%A4%A',
    '/interaction/../../etc/passwd',
    '/callback/%00',
    '/assets/../locales/en.json',
    '/assets/%2e%2e/locales/en.json',
    '/%',
    '/.well-known/openid-configuration/',
    `/${'x'.repeat(8000)}`,
  ]
  test.each(strange.map(path => [path.slice(0, 50), path]))(
    '%s is no server error and shows no file',
    async (_name, path) => {
      const answer = await rawRequest(running.issuer, { path, headers: { accept: 'text/html' } })
      expect(answer.status).toBeLessThan(500)
      expect(answer.body).not.toContain('language.name')
      if (answer.status >= 400) expect(isOwnPage(answer as never)).toBe(true)
    },
  )
})

describe('foreign hosts', () => {
  test('get 421 at every endpoint, and no cookie', async () => {
    for (const [method, path] of [
      ['GET', '/auth'],
      ['GET', '/.well-known/openid-configuration'],
      ['GET', '/jwks'],
      ['GET', '/upstream/itsme/jwks'],
      ['GET', '/me'],
      ['POST', '/token'],
      ['POST', '/token/revocation'],
      ['GET', '/session/end'],
      ['GET', '/interaction/x'],
      ['GET', '/callback/itsme'],
      ['GET', '/'],
      ['OPTIONS', '/token'],
    ] as const) {
      for (const host of [
        'evil.example',
        new URL(running.issuer).hostname,
        `${new URL(running.issuer).host}.evil.example`,
      ]) {
        const answer = await rawRequest(running.issuer, { method, path, headers: { host } })
        expect([path, host, answer.status]).toEqual([path, host, 421])
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
    }
  })

  test('in an absolute request target get 421, whatever the header says', async () => {
    const { host } = new URL(running.issuer)
    for (const origin of ['http://evil.example', 'http://evil@localhost', running.issuer.replace('//', '//evil@')]) {
      const path = `${origin}/.well-known/openid-configuration`
      expect([path, (await rawRequest(running.issuer, { path, headers: { host } })).status]).toEqual([path, 421])
    }
  })

  test('in forwarding headers change nothing in discovery', async () => {
    const path = '/.well-known/openid-configuration'
    const { host } = new URL(running.issuer)
    const plain = await rawRequest(running.issuer, { path })
    expect(JSON.parse(plain.body)).toMatchObject({
      issuer: running.issuer,
      token_endpoint: `${running.issuer}/token`,
      response_modes_supported: ['query', 'form_post'],
    })
    for (const headers of [
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4' },
      { forwarded: 'host=evil.example;proto=https', 'x-original-host': 'evil.example', 'x-rewrite-url': '/evil' },
    ] as Record<string, string>[]) {
      const answer = await rawRequest(running.issuer, { path, headers: { host, ...headers } })
      expect([answer.status, answer.body]).toEqual([200, plain.body])
    }
  })
})
