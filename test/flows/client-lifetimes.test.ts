import { setTimeout as sleep } from 'node:timers/promises'
import { createClientManagement } from '#src/clients/client-management.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** `pias_lifetimes`: tokens of an app that live less long than those of the others. */

const REFRESHING = { grant_types: ['authorization_code', 'refresh_token'] }
const SHORT = {
  ...TEST_CLIENT,
  ...REFRESHING,
  client_id: 'short-app',
  pias_lifetimes: { accessToken: 60, idToken: 90, refreshToken: 300 },
}
const OTHER = { ...TEST_CLIENT, ...REFRESHING, client_id: 'other-app' }

let ahead = 0
let running: RunningPias
beforeAll(async () => {
  running = await startPias({ clock: () => Date.now() + ahead, clients: [SHORT, OTHER] })
})
afterAll(() => running.close())
beforeEach(() => {
  ahead = 0
})

const tokensOf = async (client: typeof OTHER) => {
  const app = createTestApp(running, client)
  const browser = createHttpBrowser()
  const request = app.authorize()
  const answers = await logIn(browser, request.url, 'lotte')
  const tokens = await redeem(app, browser, answers, request)
  const { iat, exp } = claimsOf(tokens.id_token) as { iat: number; exp: number }
  return {
    idTokenSeconds: exp - iat,
    tokens,
    read: async () => (await userinfo(running, browser, tokens.access_token)).status,
    refresh: () => app.token(browser, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }),
  }
}

test('tokens of such an app end when it says, and those of others do not', async () => {
  const [short, other] = [await tokensOf(SHORT), await tokensOf(OTHER)]
  expect([short.tokens, other.tokens]).toMatchObject([{ expires_in: 60 }, { expires_in: 600 }])
  expect([short.idTokenSeconds, other.idTokenSeconds]).toEqual([90, 600])
  expect([await short.read(), await other.read()]).toEqual([200, 200])
  ahead = 61_000
  expect([await short.read(), await other.read()]).toEqual([401, 200])
  ahead = 301_000
  expect((await short.refresh()).status).toBe(400)
  expect((await other.refresh()).json()).toMatchObject({ expires_in: 600 })
})

test('what an app was given before its tokens live less long is shortened with its next use', async () => {
  const management = createClientManagement({ ...running.pias.store, fileOf: () => undefined, clock: Date.now })
  const given = { ...OTHER, client_id: 'shortened', client_secret: undefined, client_name: 'Synthetic shortened app' }
  const metadata = clientMetadataSchema.parse(JSON.parse(JSON.stringify(given)))
  const made = await management.create({ metadata, given: metadata as never, managedBy: 'api', by: 'test' })
  if (made.kind !== 'created' || made.secret === undefined) throw new Error('it was not made')
  const before = await tokensOf({ ...OTHER, client_id: 'shortened', client_secret: made.secret })
  const shorter = { ...metadata, pias_lifetimes: { refreshToken: 300 } }
  await management.replace({
    clientId: 'shortened',
    version: 1,
    given: shorter as never,
    by: 'test',
  })
  await sleep(1001)
  const answer = await before.refresh()
  expect(answer.json()).toMatchObject({ refresh_token: expect.not.stringMatching(before.tokens.refresh_token) })
})

test('a refresh brings tokens that live as long as the first', async () => {
  const short = await tokensOf(SHORT)
  ahead = 200_000
  expect((await short.refresh()).json()).toMatchObject({ expires_in: 60 })
})
