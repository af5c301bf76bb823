import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { rawRequest } from '#test/support/raw-request.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'

/** Bodies and credentials that no honest app or browser sends. */
let running: RunningPias
let tokens: Tokens
beforeAll(async () => {
  running = await startPias()
  const app = createTestApp(running)
  const request = app.authorize()
  const browser = createHttpBrowser()
  tokens = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
})
afterAll(() => running.close())

const FORM = 'application/x-www-form-urlencoded'

describe('forms of the journey', () => {
  /** Posts to the proof's form as the right browser, with the right token and whatever else. */
  const postProof = async (headers: Record<string, string>, body: (csrf: string) => string) => {
    const person = await meetUncertain(running, 'confirm')
    const csrf = await person.formToken('/prove')
    const text = body(csrf)
    const answer = await person.browser.send('POST', person.url('/prove'), text, headers)
    const { data } = (await running.pias.store.attempts.find(person.uid)) ?? {}
    return { answer, tries: (data as { proofTries: number }).proofTries }
  }

  test.each([
    ['JSON', 'application/json', (csrf: string) => JSON.stringify({ csrf, customerId: 'x', invoiceReference: 'y' })],
    ['plain text', 'text/plain', (csrf: string) => `csrf=${csrf}&customerId=x&invoiceReference=y`],
    ['multipart', 'multipart/form-data; boundary=b', (csrf: string) => `--b\r\n\r\n${csrf}\r\n--b--`],
    ['no type at all', '', (csrf: string) => `csrf=${csrf}&customerId=x&invoiceReference=y`],
    ['XML', 'application/xml', () => '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'],
  ])('as %s are refused', async (_name, type, body) => {
    const { answer, tries } = await postProof({ 'content-type': type }, body)
    expect([answer.status, isOwnPage(answer), tries]).toEqual([403, true, 0])
  })

  test.each([
    ['100 kB', 413, (csrf: string) => `csrf=${csrf}&customerId=${'x'.repeat(100_000)}&invoiceReference=y`],
    ['fields sent twice', 422, (csrf: string) => `csrf=${csrf}&customerId=a&customerId=b&invoiceReference=y`],
    ['objects for fields', 422, (csrf: string) => `csrf=${csrf}&customerId[$ne]=x&invoiceReference[$gt]=`],
    ['two tokens', 403, (csrf: string) => `csrf=${csrf}&csrf=${csrf}&customerId=x&invoiceReference=y`],
    ['an object as token', 403, (csrf: string) => `csrf[x]=${csrf}&customerId=x&invoiceReference=y`],
    ['polluted prototypes', 403, () => '__proto__[csrf]=x&constructor[prototype][csrf]=x'],
    ['broken escapes', 403, () => 'csrf=%zz&customerId=%&invoiceReference=%E0%A4%A'],
    ['nothing', 403, () => ''],
  ])('with %s cost no try', async (_name, status, body) => {
    const { answer, tries } = await postProof({ 'content-type': FORM }, body)
    expect([answer.status, isOwnPage(answer), tries]).toEqual([status, true, 0])
  })

  test('show what was typed as text', async () => {
    const person = await meetUncertain(running, 'confirm')
    const page = await person.prove('"><img src=x onerror=alert(1)>', 'x')
    expect(page.status).toBe(422)
    expect(page.body).not.toContain('<img src=x')
    expect(page.body).toContain('&lt;img')
  })
})

describe('the token endpoint', () => {
  const post = (headers: Record<string, string>, body: string, path = '/token') =>
    rawRequest(running.issuer, { method: 'POST', path, headers: { accept: 'application/json', ...headers }, body })
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  const right = basic(TEST_CLIENT.client_id, encodeURIComponent(TEST_CLIENT.client_secret))
  const refresh = () => `grant_type=refresh_token&refresh_token=${tokens.refresh_token}`

  test.each([
    ['JSON', { 'content-type': 'application/json' }, '{"grant_type":"refresh_token"}', 400, 'invalid_request'],
    ['no body', { 'content-type': FORM }, '', 400, 'invalid_request'],
    ['another grant', { 'content-type': FORM }, 'grant_type=password&username=a', 400, 'unsupported_grant_type'],
    ['a grant named like a method', { 'content-type': FORM }, 'grant_type=__proto__', 400, 'unsupported_grant_type'],
    ['two grants', { 'content-type': FORM }, 'grant_type=a&grant_type=b', 400, 'invalid_request'],
    ['100 kB', { 'content-type': FORM }, `grant_type=${'x'.repeat(100_000)}`, 400, 'invalid_request'],
  ])('answers %s with an OAuth error', async (_name, headers, body, status, error) => {
    const answer = await post({ authorization: right, ...headers }, body)
    expect(answer.status).toBe(status)
    expect(answer.headers['cache-control']).toContain('no-store')
    expect(JSON.parse(answer.body).error).toBe(error)
    expect(answer.body).not.toMatch(/\bat .*:\d+|node_modules/)
  })

  test.each([
    ['a wrong secret', () => basic(TEST_CLIENT.client_id, 'wrong')],
    ['an unknown client', () => basic('unknown', 'x')],
    ['no secret', () => basic(TEST_CLIENT.client_id, '')],
    ['credentials that are none', () => 'Basic !!!'],
    ['a bearer token', () => `Bearer ${tokens.access_token}`],
  ])('does not take %s, and the refresh token stays good', async (_name, authorization) => {
    const answer = await post({ 'content-type': FORM, authorization: authorization() }, refresh())
    expect([400, 401]).toContain(answer.status)
    expect(['invalid_client', 'invalid_request']).toContain(JSON.parse(answer.body).error)
    expect((await post({ 'content-type': FORM, authorization: right }, refresh())).status).toBe(200)
  })

  test('takes the secret by the registered method only, and never in the address', async () => {
    const secret = new URLSearchParams({ client_id: TEST_CLIENT.client_id, client_secret: TEST_CLIENT.client_secret })
    const answer = await post({ 'content-type': FORM }, refresh(), `/token?${secret}`)
    expect([400, 401]).toContain(answer.status)
  })
})

describe('userinfo', () => {
  test.each([
    ['in the query', () => `/me?access_token=${tokens.access_token}`, {}],
    ['twice', () => `/me?access_token=${tokens.access_token}`, { authorization: 'Bearer x' }],
  ])('does not take a token %s', async (_name, path, headers) => {
    const answer = await rawRequest(running.issuer, {
      path: path(),
      headers: { accept: 'application/json', ...headers },
    })
    expect([400, 401]).toContain(answer.status)
    expect(answer.body).not.toContain('Vandenbroucke')
  })

  test.each([
    ['none', {}, 401],
    ['a made-up one', { authorization: 'Bearer made-up' }, 401],
    ['an empty one', { authorization: 'Bearer ' }, 400],
    ['another scheme', { authorization: 'Basic eDp5' }, 400],
    ['8 kB of one', { authorization: `Bearer ${'x'.repeat(8000)}` }, 401],
  ])('given %s says so in a challenge (RFC 6750, 3)', async (_name, headers, status) => {
    const answer = await rawRequest(running.issuer, {
      path: '/me',
      headers: { accept: 'application/json', ...headers },
    })
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([status, expect.stringMatching(/^Bearer /)])
  })

  test('is for access tokens: neither an ID token nor a refresh token opens it', async () => {
    const browser = createHttpBrowser()
    for (const token of [tokens.id_token, tokens.refresh_token]) {
      expect((await userinfo(running, browser, token)).status).toBe(401)
    }
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
  })
})
