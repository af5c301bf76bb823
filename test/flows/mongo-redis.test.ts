import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { createBench, newPrefix } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** The walk of a login with its state in MongoDB and Redis, by configuration alone. */
describe('PIAS on MongoDB and Redis', () => {
  const bench = createBench()
  let mongo: TestDatabase
  let running: RunningPias

  beforeAll(async () => {
    mongo = await openTestDatabase()
    const redis = await bench.server()
    const store = {
      kind: 'mongo-redis',
      mongo: { url: mongo.url, database: mongo.database },
      redis: { url: redis.url, keyPrefix: newPrefix() },
    }
    bench.ending(mongo.close)
    running = await startPias({ config: { store } })
    bench.ending(running.close)
  })

  const logInAs = async (persona: string) => {
    const [app, browser] = [createTestApp(running), createHttpBrowser()]
    const asked = app.authorize()
    const answers = await logIn(browser, asked.url, persona)
    const tokens = await redeem(app, browser, answers, asked)
    return { app, browser, tokens, claims: claimsOf(tokens.id_token) }
  }

  test('a known customer is linked without a page, and is the same account the next time', async () => {
    const first = await logInAs('lotte')
    const again = await logInAs('lotte')
    expect(again.claims.sub).toBe(first.claims.sub)
    const links = await mongo.client.db(mongo.database).collection('customer_links').find().toArray()
    expect(links.map(({ serviceLine }) => serviceLine).sort()).toEqual(['internet', 'landline', 'mobile', 'tv'])
    expect(new Set(links.map(({ accountId }) => accountId))).toEqual(new Set([first.claims.sub]))
  })

  test('what must not revive is in MongoDB: ended there, a refresh token is worth nothing', async () => {
    const { app, browser, tokens } = await logInAs('lotte')
    const asked = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
    expect((await app.token(browser, asked)).status).toBe(200)
    const grants = mongo.client.db(mongo.database).collection('grants')
    expect((await grants.distinct('_id.model')).sort()).toEqual(['Grant', 'RefreshToken'])
    await grants.deleteMany({ '_id.model': 'RefreshToken' })
    expect((await app.token(browser, asked)).status).toBe(400)
  })
})
