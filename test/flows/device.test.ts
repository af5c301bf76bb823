import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, type Tokens } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { askForCode, confirm, type DeviceAuthorization, fieldsOf, poll, submit, TV_CLIENT } from '#test/support/tv.ts'

/** The device grant over real sockets; the store's clock can be moved on, so that nothing waits. */
let running: RunningPias
let ahead = 0

beforeAll(async () => {
  running = await startPias({
    clients: [TV_CLIENT],
    clock: () => Date.now() + ahead,
    config: { pages: { defaultLocale: 'en' } },
  })
})
afterAll(() => running.close())
/** What itsme says is not taken hours later. */
beforeEach(() => {
  ahead = 0
})

const begin = async (more: Record<string, string> = {}): Promise<DeviceAuthorization> =>
  (await askForCode(running, createHttpBrowser(), more)).json<DeviceAuthorization>()

/** The page that a QR code opens. */
const scan = async (tv: DeviceAuthorization, browser = createHttpBrowser()) => ({
  browser,
  page: await browser.get(tv.verification_uri_complete),
})

const later = (seconds: number): void => {
  ahead += seconds * 1000
}

const errorOf = async (tv: DeviceAuthorization) =>
  (await poll(running, createHttpBrowser(), tv.device_code)).json().error

describe('a TV', () => {
  test('is told a code without vowels, where to enter it, and how often to ask', async () => {
    const answer = await askForCode(running, createHttpBrowser())
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${running.issuer}/device`,
      verification_uri_complete: expect.stringMatching(/\/device\?user_code=[A-Z]{4}-[A-Z]{4}$/),
      expires_in: 600,
      interval: 5,
    })
  })

  test('is logged in by a phone that scans its code, is asked, and goes to itsme', async () => {
    const tv = await begin({ pias_device_name: 'TV in the living room' })
    const { browser, page } = await scan(tv)
    expect(page.status).toBe(200)
    for (const words of ['Are you in front of this TV?', tv.user_code, 'Synthetic TV', 'TV in the living room']) {
      expect(page.body).toContain(words)
    }
    expect(await errorOf(tv)).toBe('authorization_pending')
    const last = await confirm(running, browser, page, 'lotte')
    expect(last?.body).toContain('Look at your TV')
    const events = await running.pias.store.audit.list({ after: 0, limit: 999 })
    expect(events.filter(({ type }) => type === 'device.connected')).toMatchObject([
      { clientId: TV_CLIENT.client_id, data: { app: 'Synthetic TV', device: 'TV in the living room' } },
    ])
    later(5)
    const tokens = await poll(running, createHttpBrowser(), tv.device_code)
    expect(tokens.status).toBe(200)
    const { id_token, refresh_token } = tokens.json<Tokens>()
    expect(claimsOf(id_token)).toMatchObject({ aud: TV_CLIENT.client_id, amr: expect.arrayContaining(['itsme']) })
    expect(refresh_token).toEqual(expect.any(String))
    later(5)
    expect(await errorOf(tv)).toBe('invalid_grant')
  })

  test('is logged in by a code that is typed, in small letters and without the dash', async () => {
    const tv = await begin()
    const browser = createHttpBrowser()
    const entry = await browser.get(tv.verification_uri)
    expect(entry.body).toContain('Log in on your TV')
    const page = await submit(running, browser, entry, { user_code: tv.user_code.toLowerCase().replace('-', ' ') })
    expect(page.body).toContain(tv.user_code)
    expect((await confirm(running, browser, page, 'thomas'))?.body).toContain('Look at your TV')
    expect((await poll(running, createHttpBrowser(), tv.device_code)).status).toBe(200)
  })

  test('uses the login that the browser has, but never without being asked', async () => {
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    await logIn(browser, (await app.authorize()).url, 'lotte')
    const tv = await begin()
    const { page } = await scan(tv, browser)
    expect(page.body).toContain('Lotte')
    expect(await errorOf(tv)).toBe('authorization_pending')
    const last = await submit(running, browser, page, { confirm: 'yes' })
    expect([last.status, last.location]).toEqual([200, undefined])
    expect(last.body).toContain('Look at your TV')
    later(5)
    expect((await poll(running, createHttpBrowser(), tv.device_code)).status).toBe(200)
  })

  test('learns that its person said no', async () => {
    const tv = await begin()
    const { browser, page } = await scan(tv)
    const last = await submit(running, browser, page, { abort: 'yes' })
    expect(last.body).toContain('The TV is not logged in')
    expect(await errorOf(tv)).toBe('access_denied')
  })

  test('learns that its person refused at itsme', async () => {
    const tv = await begin()
    const { browser, page } = await scan(tv)
    const denied = await confirm(running, browser, page, 'refuse')
    const [, cancel = ''] = /href="([^"]*\/cancel)"/.exec(denied?.body ?? '') ?? []
    const last = (await browser.follow(new URL(cancel, running.issuer).href)).at(-1)
    expect(last?.body).toContain('The TV is not logged in')
    expect(await errorOf(tv)).toBe('access_denied')
  })
})

describe('polling', () => {
  test('too fast is slow_down; at the interval it is authorization_pending', async () => {
    const tv = await begin()
    expect(await errorOf(tv)).toBe('authorization_pending')
    later(1)
    expect(await errorOf(tv)).toBe('slow_down')
    later(5)
    expect(await errorOf(tv)).toBe('authorization_pending')
  })

  test('of many at once one is answered, the others are told to slow down', async () => {
    const tv = await begin()
    const answers = await Promise.all(Array.from({ length: 12 }, () => errorOf(tv)))
    expect(answers.sort()).toEqual(['authorization_pending', ...Array(11).fill('slow_down')])
  })

  test('by another client, with a code nobody has, or after the end', async () => {
    const tv = await begin()
    const browser = createHttpBrowser()
    const other = await browser.post(
      `${running.issuer}/token`,
      { grant_type: TV_CLIENT.grant_types[0] as string, device_code: tv.device_code },
      { accept: 'application/json', authorization: `Basic ${btoa('test-app:wrong')}` },
    )
    expect([other.status, other.json().error]).toEqual([401, 'invalid_client'])
    expect((await poll(running, browser, 'nobodys')).json().error).toBe('invalid_grant')
    expect(await errorOf(tv)).toBe('authorization_pending')
    later(601)
    expect(['invalid_grant', 'expired_token']).toContain(await errorOf(tv))
  })
})

describe('a code', () => {
  test('has one answer: of two people who confirm it at once, one has the TV', async () => {
    const tv = await begin()
    const [one, other] = await Promise.all([scan(tv), scan(tv)])
    const answers = await Promise.all(
      [one, other].map(({ browser, page }) => submit(running, browser, page, { confirm: 'yes' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422])
    expect(answers.find(({ status }) => status === 422)?.body).toContain('This code was used before')
  })

  test.each([
    ['nobody has', 'BCDF-GHJK', 'We do not know this code'],
    ['is no code', '../../etc/passwd', 'We do not know this code'],
    ['is empty', ' ', 'Enter the code'],
    ['is very long', 'B'.repeat(5000), 'We do not know this code'],
    ['is markup', '"><script>alert(1)</script>', 'We do not know this code'],
  ])('that %s is said so on the page, typed or scanned', async (_, code, words) => {
    const browser = createHttpBrowser()
    const typed = await submit(running, browser, await browser.get(`${running.issuer}/device`), { user_code: code })
    const scanned = await browser.get(`${running.issuer}/device?${new URLSearchParams({ user_code: code })}`)
    expect(typed.body).toContain(words)
    for (const page of [typed, scanned]) {
      expect(page.status).toBe(422)
      expect(page.body).not.toContain('<script>alert')
    }
  })

  test('is refused when it is over, and when it was used', async () => {
    const used = await begin()
    const { browser, page } = await scan(used)
    await confirm(running, browser, page, 'lotte')
    expect((await scan(used)).page.body).toContain('This code was used before')
    const old = await begin()
    later(601)
    expect((await scan(old)).page.body).toMatch(/no longer valid|do not know this code/)
  })
})

describe('bad input', () => {
  test.each([
    ['another kind of client', { client_id: 'test-app' }, [400, 401]],
    ['a client that nobody knows', { client_id: 'nobody' }, [400, 401]],
    ['a scope that is not its own', { scope: 'openid email' }, [400]],
    ['a device name that says too much', { pias_device_name: 'Call 0800 <b>now</b>' }, [400]],
    ['a device name that never ends', { pias_device_name: 'a'.repeat(41) }, [400]],
  ])('at the device authorization endpoint: %s', async (_, more: Record<string, string>, statuses) => {
    const answer = await askForCode(running, createHttpBrowser(), more)
    expect(statuses).toContain(answer.status)
    expect(answer.json()).toMatchObject({ error: expect.any(String) })
    expect(answer.location).toBeUndefined()
  })

  test.each([
    ['a form without a session', { user_code: 'BCDF-GHJK', confirm: 'yes', xsrf: 'x' }],
    ['a form without anything', {}],
  ])('at the page: %s', async (_, form: Record<string, string>) => {
    const answer = await createHttpBrowser().post(`${running.issuer}/device`, form)
    expect([answer.status, answer.location]).toEqual([400, undefined])
    expect(answer.body).toContain('<h1')
  })

  test('at the page: the token of another browser, and a field twice', async () => {
    const tv = await begin()
    const { page } = await scan(tv)
    const other = createHttpBrowser()
    const own = await other.get(tv.verification_uri)
    const forged = await submit(running, other, page, { confirm: 'yes' })
    expect(forged.status).toBe(400)
    const twice = await other.send(
      'POST',
      tv.verification_uri,
      `xsrf=${fieldsOf(own).xsrf}&user_code=${tv.user_code}&user_code=${tv.user_code}&confirm=yes`,
      { 'content-type': 'application/x-www-form-urlencoded' },
    )
    expect(twice.status).toBe(400)
    expect(await errorOf(tv)).toBe('authorization_pending')
  })

  test('at the way back: without its cookie, and an interaction that nobody began', async () => {
    const tv = await begin()
    const { browser, page } = await scan(tv)
    const away = await submit(running, browser, page, { confirm: 'yes' })
    expect(away.status).toBe(303)
    const uid = new URL(away.setCookies.find(({ name }) => name === 'pias_res')?.attributes.path as string, 'http://x')
    for (const path of [uid.pathname, '/device/nobody', '/device/%00', '/device/..%2f']) {
      const answer = await createHttpBrowser().get(`${running.issuer}${path}`)
      expect([path, answer.status < 500, answer.location]).toEqual([path, true, undefined])
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
  })
})

describe('how often a code', () => {
  /** Every test has the limits for itself. */
  let hours = 0
  beforeEach(() => {
    hours += 1
    ahead = hours * 3600_000
  })

  test('can be tried so often from one browser and no more', async () => {
    const tv = await begin()
    const browser = createHttpBrowser()
    await browser.get(tv.verification_uri)
    const guesses = Array.from({ length: 30 }, () => browser.get(`${running.issuer}/device?user_code=BCDF-GHJK`))
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.filter(status => status === 422)).toHaveLength(20)
    expect(statuses.filter(status => status === 429)).toHaveLength(10)
    const right = await browser.get(tv.verification_uri_complete)
    expect(right.status).toBe(429)
    expect(right.body).toContain('Please wait a little')
    expect(right.body).toMatch(/You can try again from (<[^>]+>)?\d{1,2}:\d{2}/)
    const free = Date.parse(right.headers['retry-after'] ?? '')
    expect(free).toBeGreaterThan(Date.now() + ahead)
    // When the window ends, and not as long again as it lasts.
    later(400)
    const again = await browser.get(tv.verification_uri_complete)
    expect(Math.abs(Date.parse(again.headers['retry-after'] ?? '') - free)).toBeLessThanOrEqual(2000)
    later(201)
    expect((await browser.get((await begin()).verification_uri_complete)).status).toBe(200)
  })

  test('can be tried so often from one address, whatever the browser', async () => {
    const statuses: number[] = []
    for (let round = 0; round < 11; round += 1) {
      const many = Array.from({ length: 10 }, () =>
        createHttpBrowser().get(`${running.issuer}/device?user_code=BCDF-GHJK`),
      )
      statuses.push(...(await Promise.all(many)).map(({ status }) => status))
    }
    expect(statuses.filter(status => status === 422)).toHaveLength(100)
    expect(statuses.filter(status => status === 429)).toHaveLength(10)
  })

  test('is issued to one address', async () => {
    const answers = await Promise.all(Array.from({ length: 35 }, () => askForCode(running, createHttpBrowser())))
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused).toHaveLength(5)
    expect(refused.map(({ status, headers }) => [status, headers['retry-after']])).toContainEqual([
      429,
      expect.stringMatching(/^(600|59\d)$/),
    ])
    expect(refused[0]?.json()).toMatchObject({ error: 'temporarily_unavailable' })
  })
})

test('nothing of it was a failure of ours', () => {
  expect(running.log.filter(({ level }) => level === 'error')).toEqual([])
})
