import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { rawRequest } from '#test/support/raw-request.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

const LIMITS = { address: 20, network: 50, client: 30, account: 12 }
const MINUTE = 60_000

let running: RunningPias
let now = Date.now()
/** What is left of the minute, in seconds. */
const left = () => String(Math.ceil((MINUTE - (now % MINUTE)) / 1000))
beforeAll(async () => {
  // Behind a proxy, so that a test may come from anywhere.
  running = await startPias({ config: { rateLimits: LIMITS, server: { proxyHops: 1 } }, clock: () => now })
})
afterEach(() => {
  // A minute of its own for each test.
  now += MINUTE
})
afterAll(() => running.close())

const from = (address: string, path: string, options: { method?: string; accept?: string; body?: string } = {}) =>
  rawRequest(running.issuer, {
    path,
    ...(options.method !== undefined && { method: options.method }),
    ...(options.body !== undefined && { body: options.body }),
    headers: {
      'x-forwarded-for': address,
      accept: options.accept ?? 'text/html',
      ...(options.body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
  })

/** The statuses of so many requests from addresses that follow from their number. */
const statuses = async (times: number, request: (n: number) => ReturnType<typeof from>) => {
  const seen: number[] = []
  for (let n = 0; n < times; n++) seen.push((await request(n)).status)
  return seen
}
const tooMany = (seen: readonly number[]) => seen.filter(status => status === 429).length

// First, while the time is the upstream's, too.
test('an app and an account meet theirs, from wherever they call', async () => {
  const browser = createHttpBrowser()
  const app = createTestApp(running)
  const request = app.authorize()
  const answers = await logIn(browser, request.url, 'lotte')
  const tokens = await redeem(app, browser, answers, request)
  const seen: number[] = []
  for (let n = 0; n < LIMITS.account; n++) seen.push((await userinfo(running, browser, tokens.access_token)).status)
  expect([seen[0], seen.at(-1)]).toEqual([200, 429])

  const basic = Buffer.from(`${TEST_CLIENT.client_id}:${encodeURIComponent(TEST_CLIENT.client_secret)}`).toString(
    'base64',
  )
  const revoke = () =>
    browser.post(
      `${running.issuer}/token/revocation`,
      { token: 'x' },
      { authorization: `Basic ${basic}`, accept: 'application/json' },
    )
  let last = await revoke()
  for (let n = 0; n < LIMITS.client; n++) last = await revoke()
  expect([last.status, last.headers['retry-after'], last.json()]).toMatchObject([
    429,
    left(),
    { error: 'temporarily_unavailable' },
  ])
})

test('an address meets its limit as a page with Retry-After, another one does not', async () => {
  expect(tooMany(await statuses(LIMITS.address, () => from('81.82.83.84', '/session/end')))).toBe(0)
  const page = await from('81.82.83.84', '/session/end')
  expect([page.status, page.headers['retry-after'], isOwnPage(page as never)]).toEqual([429, left(), true])
  expect((await from('81.82.83.85', '/session/end')).status).not.toBe(429)
  now += MINUTE
  expect((await from('81.82.83.84', '/session/end')).status).not.toBe(429)
})

test('a machine is told by JSON', async () => {
  await statuses(LIMITS.address, () => from('81.82.84.1', '/session/end'))
  const answer = await from('81.82.84.1', '/token', { method: 'POST', accept: 'application/json', body: 'a=b' })
  expect([answer.status, answer.headers['retry-after']]).toEqual([429, left()])
  expect(JSON.parse(answer.body)).toMatchObject({ title: 'request.too_many', error: 'temporarily_unavailable' })
})

test('the /64 of IPv6 is one address; a network has a limit of its own', async () => {
  const seen = await statuses(LIMITS.address + 5, n => from(`2a02:a000:1:2::${n.toString(16)}`, '/session/end'))
  expect(tooMany(seen)).toBe(5)
  expect((await from('2a02:a000:1:3::1', '/session/end')).status).not.toBe(429)
  expect(tooMany(await statuses(LIMITS.network + 4, n => from(`91.92.93.${n}`, '/session/end')))).toBe(4)
  expect((await from('91.92.94.1', '/session/end')).status).not.toBe(429)
})

test('another spelling of a path is not there, and counts', async () => {
  const spellings = [
    '/SESSION/end',
    '/session/END',
    '/session/end/',
    '//session/end',
    '/session/end;x',
    '/%73ession/end',
  ]
  const seen = await statuses(LIMITS.address, n => from('81.82.85.1', spellings[n % spellings.length] ?? ''))
  expect(new Set(seen)).toEqual(new Set([404]))
  const after = await from('81.82.85.1', '/session/end')
  // They were turned away before they were looked at, and cost nothing.
  expect(after.status).not.toBe(429)
})

test('of the endpoints of apps an address counts what fails', async () => {
  const wrong = () =>
    from('81.82.86.1', '/token', { method: 'POST', body: 'grant_type=refresh_token&client_id=nobody' })
  const seen = await statuses(LIMITS.address + 3, wrong)
  expect(tooMany(seen)).toBe(3)
})
