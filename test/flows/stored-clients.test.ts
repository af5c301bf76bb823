import { createClientManagement } from '#src/clients/client-management.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, REDIRECT_URI, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

const GIVEN = {
  client_id: 'stored-app',
  client_name: 'Synthetic stored app',
  pias_first_party: true,
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: [REDIRECT_URI],
}

let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

const manage = () => createClientManagement({ ...running.pias.store, fileOf: () => undefined, clock: Date.now })

test('a client of the store logs people in at once, until it is disabled', async () => {
  const metadata = clientMetadataSchema.parse(GIVEN)
  const created = await manage().create({ metadata, given: GIVEN, managedBy: 'api', by: 'test' })
  if (created.kind !== 'created' || created.secret === undefined) throw new Error('it was not made')
  const app = createTestApp(running, { client_id: 'stored-app', client_secret: created.secret }, 'openid profile')
  const request = app.authorize()
  const browser = createHttpBrowser()
  const answers = await logIn(browser, request.url, 'lotte')
  const tokens = await redeem(app, browser, answers, request)
  expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)

  const wrong = createTestApp(running, { client_id: 'stored-app', client_secret: 'x'.repeat(43) })
  const refused = await wrong.token(browser, { grant_type: 'refresh_token', refresh_token: 'x' })
  expect([refused.status, refused.json()]).toMatchObject([401, { error: 'invalid_client' }])

  const disabled = { clientId: 'stored-app', version: 1, state: 'disabled', by: 'test' } as const
  expect((await manage().setState(disabled)).kind).toBe('changed')
  await new Promise(resolve => setTimeout(resolve, 1001))
  expect((await browser.get(app.authorize().url)).status).toBe(400)
  expect((await userinfo(running, browser, tokens.access_token)).status).toBe(401)
})

test('a second secret is good beside the one of the file, as soon as it is made', async () => {
  const file = { client: clientMetadataSchema.parse({ ...GIVEN, client_id: TEST_CLIENT.client_id }), secrets: [] }
  const management = createClientManagement({ ...running.pias.store, fileOf: () => file, clock: Date.now })
  const added = await management.addSecret({ clientId: TEST_CLIENT.client_id, by: 'test' })
  if (added.kind !== 'added') throw new Error('it was not added')
  for (const client_secret of [TEST_CLIENT.client_secret, added.secret]) {
    const app = createTestApp(running, { ...TEST_CLIENT, client_secret })
    const answer = await app.token(createHttpBrowser(), { grant_type: 'refresh_token', refresh_token: 'x' })
    expect(answer.json()).toMatchObject({ error: 'invalid_grant' })
  }
  const uses = await running.pias.store.clients.secretUses(TEST_CLIENT.client_id)
  expect(uses.has(added.stored.id)).toBe(true)
})
