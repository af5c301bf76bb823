import { PRESETS, type Preset } from '#src/admin/operations/client-presets.ts'
import { createKey, createProof } from '#test/support/fapi-client.ts'
import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { atApp, claimsOf, createTestApp, logIn, REDIRECT_URI, redeem, type Tokens } from '#test/support/log-in.ts'
import { askForCode, confirm, poll } from '#test/support/tv.ts'
import { csrfOf } from '#test/support/uncertain.ts'
import { type RunningApi, startApi } from './api-client.ts'

/** What each preset registers passes the lint, and is an app that people log in at, or a machine that gets a token. */
let api: RunningApi
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

type App = { client_id: string; client_secret?: string }
type Finding = { field: string }

const ORIGIN = new URL(REDIRECT_URI).origin

/** The same browser, whose posts carry more headers than an app without them sends. */
const withHeaders = (
  browser: HttpBrowser,
  headersOf: (url: string) => Promise<Record<string, string>>,
): HttpBrowser => ({
  ...browser,
  post: async (url, form, headers) => browser.post(url, form, { ...headers, ...(await headersOf(url)) }),
})

const byCode = async (app: App, wrap = (browser: HttpBrowser) => browser): Promise<Tokens> => {
  const { running } = api.admin
  const browser = createHttpBrowser()
  const party = createTestApp(running, app, 'openid profile')
  const request = party.authorize()
  const answers = await logIn(browser, request.url, 'lotte')
  return redeem(party, wrap(browser), answers, request)
}

/** Somebody else's app asks for consent on the way. */
const byConsent = async (app: App): Promise<Tokens> => {
  const { running } = api.admin
  const browser = createHttpBrowser()
  const party = createTestApp(running, app, 'openid profile')
  const request = party.authorize()
  const page = (await logIn(browser, request.url, 'lotte')).at(-1)
  const [, path = 'none'] = /action="(\/interaction\/[\w-]+\/consent)"/.exec(page?.body ?? '') ?? []
  if (page === undefined) throw new Error('nobody is asked')
  const allowed = await browser.post(`${running.issuer}${path}`, { csrf: csrfOf(page), decision: 'allow' })
  return redeem(party, browser, await browser.follow(allowed.location ?? '', atApp), request)
}

/** A page reads the answer if it says that its origin may (Fetch, CORS protocol). */
const byPage = async (app: App): Promise<Tokens> => {
  const answers: unknown[] = []
  const tokens = await byCode(app, browser => ({
    ...browser,
    post: async (url, form, headers) => {
      const answer = await browser.post(url, form, { ...headers, origin: ORIGIN })
      answers.push(answer.headers['access-control-allow-origin'])
      return answer
    },
  }))
  expect(answers).toEqual([ORIGIN])
  return tokens
}

const byBoundPhone = async (app: App): Promise<Tokens> => {
  const key = await createKey()
  return byCode(app, browser => withHeaders(browser, async url => ({ dpop: await createProof('POST', url, key) })))
}

/** Each time it polls, it proves its key. */
const byBoundTv = async ({ client_id: clientId }: App): Promise<Tokens> => {
  const { running } = api.admin
  const key = await createKey()
  const bound = async (url: string): Promise<Record<string, string>> =>
    url.endsWith('/token') ? { dpop: await createProof('POST', url, key) } : {}
  const device = withHeaders(createHttpBrowser(), bound)
  const asked = await askForCode(running, device, { client_id: clientId, scope: 'openid profile' })
  const { device_code, verification_uri_complete } = asked.json<Record<string, string>>()
  const phone = createHttpBrowser()
  await confirm(running, phone, await phone.get(`${verification_uri_complete}`), 'lotte')
  return (await poll(running, device, `${device_code}`, clientId)).json<Tokens>()
}

const byMachine = async (app: App): Promise<Tokens> =>
  (await createTestApp(api.admin.running, app).token(createHttpBrowser(), { grant_type: 'client_credentials' })).json()

const OF_CODE = { redirect_uris: [REDIRECT_URI] }
// What is advised needs a key or an address that only the app has; what the test itself gives is for development.
const CASES: Readonly<
  Record<Preset, { given: object; advised: readonly string[]; logIn(app: App): Promise<Tokens>; isPerson?: false }>
> = {
  web: { given: OF_CODE, logIn: byCode, advised: ['token_endpoint_auth_method', 'backchannel_logout_uri'] },
  spa: { given: OF_CODE, logIn: byPage, advised: [] },
  native: { given: OF_CODE, logIn: byBoundPhone, advised: [] },
  tv: { given: {}, logIn: byBoundTv, advised: [] },
  machine: { given: {}, logIn: byMachine, advised: ['token_endpoint_auth_method'], isPerson: false },
  'third-party': {
    given: OF_CODE,
    logIn: byConsent,
    advised: ['token_endpoint_auth_method', 'backchannel_logout_uri', 'policy_uri'],
  },
}
const DEVELOPMENT: readonly Preset[] = ['web', 'spa', 'third-party']

test.each(PRESETS)('%s registers an app that works, and causes no advice of its own', async preset => {
  const { given, advised, logIn: by, isPerson = true } = CASES[preset]
  const metadata = { client_id: `of-${preset}`, client_name: `Synthetic ${preset}`, ...given }
  const made = await api.invoke('createClient', { body: { preset, metadata } })
  expect([made.status, made.json().errors]).toEqual([201, undefined])
  const { client, secret } = made.json<{ client: { warnings: Finding[] }; secret?: string }>()
  const ofTest = DEVELOPMENT.includes(preset) ? ['redirect_uris'] : []
  expect(client.warnings.map(({ field }) => field).sort()).toEqual([...advised, ...ofTest].sort())
  const app = { client_id: metadata.client_id, ...(secret !== undefined && { client_secret: secret }) }
  const tokens = await by(app)
  expect(tokens.access_token).toEqual(expect.any(String))
  if (isPerson) expect(claimsOf(tokens.id_token)).toMatchObject({ aud: app.client_id, sub: expect.any(String) })
})

describe('the origins of a single-page app', () => {
  const NAMED = { client_id: 'pages', client_name: 'Synthetic pages' }
  const warningsOf = async (metadata: object): Promise<readonly string[]> => {
    const told = await api.invoke('lintClient', { body: { metadata: { ...NAMED, ...metadata } } })
    return told.json<{ warnings: Finding[] }>().warnings.map(({ field }) => field)
  }
  const PAGE = { token_endpoint_auth_method: 'none', redirect_uris: ['https://shop.example/cb'] }

  test('are those that people return to, each once, unless it says others', async () => {
    const uris = ['https://shop.example/a', 'https://shop.example/b', 'https://other.example:8443/c?d=e']
    const create = async (clientId: string, more: object) => {
      const metadata = { ...NAMED, client_id: clientId, redirect_uris: uris, ...more }
      const made = await api.invoke('createClient', { body: { preset: 'spa', metadata } })
      return made.json<{ client: { metadata: { pias_origins?: string[] } } }>().client.metadata.pias_origins
    }
    expect(await create('pages-1', {})).toEqual(['https://shop.example', 'https://other.example:8443'])
    expect(await create('pages-2', { pias_origins: ['https://pages.example'] })).toEqual(['https://pages.example'])
  })

  test('do not hide what is wrong with an address', async () => {
    const metadata = { ...NAMED, redirect_uris: ['https://*.example/cb', 'shop'] }
    const made = await api.invoke('createClient', { body: { preset: 'spa', metadata } })
    const { errors } = made.json<{ errors: Finding[] }>()
    expect(errors.map(({ field }) => field)).toEqual(['redirect_uris.0', 'redirect_uris.1'])
  })

  test('are advised where there are none, and to nobody who has a server or is no page', async () => {
    expect(await warningsOf(PAGE)).toContain('pias_origins')
    expect(await warningsOf({ ...PAGE, pias_origins: [] })).toContain('pias_origins')
    expect(await warningsOf({ ...PAGE, pias_origins: ['https://shop.example'] })).not.toContain('pias_origins')
    expect(await warningsOf({ ...PAGE, application_type: 'native' })).not.toContain('pias_origins')
    const withServer = { ...PAGE, token_endpoint_auth_method: 'client_secret_basic' }
    expect(await warningsOf(withServer)).not.toContain('pias_origins')
  })
})
