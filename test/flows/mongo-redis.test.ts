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

  /**
   * What an operation asks of MongoDB, in its order, as the server itself saw it; without what a node looks at once a second
   * or minute, whatever is going on.
   */
  const commandsOf = async (operate: () => Promise<unknown>): Promise<readonly string[]> => {
    const db = mongo.client.db(mongo.database)
    await db.command({ profile: 2 })
    await operate()
    await db.command({ profile: 0 })
    const profile = db.collection('system.profile')
    const seen = await profile.find({ ns: { $not: /\.(clients|client_secret_uses|system\.profile)$/ } }).toArray()
    await profile.drop()
    return seen
      .filter(({ command }) => !('profile' in command))
      .map(({ op, ns, command }) => {
        const [name] = Object.keys(command)
        return op === 'command' ? `${name} ${command[name as string]}` : `${op} ${ns.split('.').at(-1)}`
      })
  }

  test('asks MongoDB for no more than it has to', async () => {
    const [app, browser] = [createTestApp(running), createHttpBrowser()]
    const asked = app.authorize()
    let tokens: Awaited<ReturnType<typeof redeem>>
    const first = await commandsOf(async () => {
      tokens = await redeem(app, browser, await logIn(browser, asked.url, 'thomas'), asked)
    })
    const decided = ['query customers', 'query customer_terms', 'query contested_records']
    const opened = ['identities', 'accounts', 'customer_links', 'audit_events'].map(name => `insert ${name}`)
    // The policy; with the identity, once more; the account, and what the app gets; the grant with the account.
    const begun = ['aggregate rollouts', 'aggregate identities']
    const given = ['query accounts', 'update grants', 'aggregate grants', 'update grants']
    expect(first).toEqual([...begun, ...decided, ...opened, ...given])

    expect(await commandsOf(() => logInAs('thomas'))).toEqual([...begun, ...given])

    const again = app.authorize({ scope: 'openid profile' })
    const singleSignOn = await commandsOf(async () => redeem(app, browser, [await browser.get(again.url)], again))
    expect(singleSignOn).toEqual(['aggregate grants', 'aggregate grants'])

    const refresh = await commandsOf(async () => {
      const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
      expect((await app.token(browser, form)).status).toBe(200)
    })
    expect(refresh).toEqual(['query grants', 'aggregate grants'])
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
