import { SHARD_KEYS } from '#src/store/mongo/schema/shard-keys.ts'
import { createCommandRecorder } from '#test/store/mongo/record-commands.ts'
import { openShardedDatabase } from '#test/store/mongo/sharded-database.ts'
import { scatterOf, statementsOf, targetOf } from '#test/store/mongo/sharding-rules.ts'
import { toldScatters } from '#test/store/mongo/told-scatters.ts'
import { createBench, newPrefix } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

type Claims = { customer_accounts: readonly object[] }

/** Logins on a sharded cluster. A shard that is away or slow is felt by everybody where a login asks every shard. */
describe('of the shards of a cluster', () => {
  const bench = createBench()
  const commands = createCommandRecorder()
  let running: RunningPias

  beforeAll(async () => {
    const mongo = await openShardedDatabase()
    bench.ending(mongo.close)
    const redis = await bench.server()
    const store = {
      kind: 'mongo-redis',
      mongo: { url: commands.listening(mongo.url), database: mongo.database },
      redis: { url: redis.url, keyPrefix: newPrefix() },
    }
    commands.watch()
    running = await startPias({ config: { store } })
    commands.end()
    bench.ending(running.close)
  })

  /** What asks every shard meanwhile. No job runs beside it. */
  const scattersOf = async (operate: () => Promise<unknown>): Promise<readonly string[]> => {
    commands.clear()
    await operate()
    const statements = commands.sent().flatMap(({ commandName, command }) => statementsOf(commandName, command))
    expect(statements.length).toBeGreaterThan(0)
    const scattered = statements.filter(({ collection, kind, filter }) => {
      const key = SHARD_KEYS[collection]?.key
      return key !== undefined && kind !== 'insert' && targetOf(key, filter) === 'all'
    })
    return [...new Set(scattered.map(scatterOf))]
  }

  test('a login asks all only to match somebody who is new, and to tell an app what records are theirs', async () => {
    const [app, browser] = [createTestApp(running), createHttpBrowser()]
    let tokens = {} as Tokens
    const logInOnce = async () => {
      const asked = app.authorize()
      tokens = await redeem(app, browser, await logIn(browser, asked.url, 'thomas'), asked)
    }
    expect(await scattersOf(logInOnce)).toEqual(['customers: read by keys'])
    const { sub } = claimsOf(tokens.id_token)
    const askClaims = async () => {
      const { customer_accounts } = (await userinfo(running, browser, tokens.access_token)).json<Claims>()
      expect(customer_accounts.length).toBeGreaterThan(0)
    }
    expect(await scattersOf(askClaims)).toEqual(['customer_links: read by accountId'])
    const other = createHttpBrowser()
    const comeBack = async () => {
      const asked = app.authorize()
      const found = await redeem(app, other, await logIn(other, asked.url, 'thomas'), asked)
      expect(claimsOf(found.id_token).sub).toBe(sub)
    }
    expect(await scattersOf(comeBack)).toEqual([])

    const again = app.authorize({ scope: 'openid profile' })
    const signOn = async () => redeem(app, browser, [await browser.get(again.url)], again)
    expect(await scattersOf(signOn)).toEqual([])

    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
    const refresh = async () => expect((await app.token(browser, form)).status).toBe(200)
    expect(await scattersOf(refresh)).toEqual([])
    // Each of them is told as one of a login.
    const told = toldScatters()
    for (const scatter of ['customers: read by keys', 'customer_links: read by accountId']) {
      expect(told.get(scatter)).toBe('login')
    }
  })
})
