import type { Document } from 'mongodb'
import { openMongoStore } from '#src/store/mongo/open.ts'
import { migrateUp } from '#src/store/mongo/schema/migrate.ts'
import { SHARD_KEYS } from '#src/store/mongo/schema/shard-keys.ts'
import { createCallRecorder } from '#test/store/record-calls.ts'
import { isRouted, startMongoShards } from '#test/support/servers/start-mongo-shards.ts'
import { commandOf, countsAll, stagesOf } from './plans/explained.ts'
import { NOW, SEEDS, seed } from './plans/seeds.ts'
import { useEverything } from './plans/use-everything.ts'
import { createCommandRecorder } from './record-commands.ts'
import { createSiteRecorder } from './record-sites.ts'
import { refusalOf, scatterOf, statementsOf, targetOf } from './sharding-rules.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'
import { toldScatters } from './told-scatters.ts'

/** Some are sent to be refused as what is there already. */
const DUPLICATE = 11000

/** What one operation may look at: the longest search here, and far less than a scan. */
const MOST_EXAMINED = 1000

/** Only where contact was lost in the middle of a transaction: failures.test.ts. */
const UNREACHED = /^connection\/connection\.ts:\d+ await collectionsOf\(db\)\.health\.findOne\(/

describe('query plans', () => {
  let mongo: TestDatabase
  let queries: Document[]
  const calls = createCallRecorder()
  const sites = createSiteRecorder()
  const commands = createCommandRecorder()

  beforeAll(async () => {
    mongo = await openTestDatabase()
    const db = mongo.client.db(mongo.database)
    commands.watch()
    const heard = { url: commands.listening(mongo.url), database: mongo.database }
    const store = await openMongoStore({ ...heard, clock: () => NOW, migrate: true })
    commands.end()
    await seed(db)
    await db.createCollection('system.profile', { capped: true, size: 64 * 2 ** 20 })
    await db.command({ profile: 2 })
    sites.watch()
    await useEverything(calls.record(store))
    sites.end()
    await db.command({ profile: 0 })
    await store.close()
    const operations = { ns: { $ne: `${mongo.database}.system.profile` }, op: { $ne: 'insert' } }
    queries = (await db.collection('system.profile').find(operations).toArray()).filter(
      ({ command }) => !('commitTransaction' in command || 'abortTransaction' in command || 'profile' in command),
    )
  }, 300_000)

  afterAll(() => mongo.close())

  test('every method was called, and its queries were seen', () => {
    expect(calls.uncalled()).toEqual(['close'])
    const seen = new Set(queries.map(({ ns }) => ns.slice(ns.indexOf('.') + 1)))
    expect([...seen].sort()).toEqual([...Object.keys(SEEDS), 'health', 'totals'].sort())
    expect(queries.length).toBeGreaterThan(40)
  })

  test('every place of the code that queries was reached', () => {
    expect(sites.known().length).toBeGreaterThan(100)
    expect(sites.unseen().filter(site => !UNREACHED.test(site))).toEqual([])
  })

  test('no query scans a collection or looks at more than it needs', () => {
    for (const query of queries) {
      const { ns, planSummary, keysExamined = 0, docsExamined = 0, command } = query
      const what = { ns, command: JSON.stringify(command).slice(0, 300), planSummary }
      expect({ ...what, scans: /COLLSCAN/.test(planSummary) }).toEqual({ ...what, scans: false })
      if (countsAll(query)) continue
      const most = Math.max(keysExamined, docsExamined)
      expect({ ...what, most: Math.max(most, MOST_EXAMINED) }).toEqual({ ...what, most: MOST_EXAMINED })
    }
  })

  test('the planner explains each of them by an index', async () => {
    const db = mongo.client.db(mongo.database)
    // A getMore goes on with a query that is among them.
    for (const query of queries.filter(({ op }) => op !== 'getmore')) {
      const command = commandOf(query)
      const explained = await db.command({ explain: command, verbosity: 'queryPlanner' })
      const stages = stagesOf(explained)
      expect(stages.some(stage => /^(IXSCAN|IDHACK|COUNT_SCAN|EXPRESS)/.test(stage))).toBe(true)
      expect({ command, stages }).not.toMatchObject({ stages: expect.arrayContaining(['COLLSCAN']) })
    }
  })

  /** Of every command that was sent, what it asks of a collection, with the shard key of that. */
  const statements = () =>
    commands
      .sent()
      .flatMap(({ commandName, command }) => statementsOf(commandName, command))
      .map(statement => ({ statement, sharding: SHARD_KEYS[statement.collection] }))

  test('a router of a sharded cluster would take each of them', () => {
    const kinds = new Set(statements().map(({ statement }) => statement.kind))
    expect([...kinds].sort()).toEqual(['delete', 'findAndModify', 'insert', 'read', 'update'])
    const refused = statements().flatMap(({ statement, sharding }) => {
      if (sharding === undefined) return [{ statement, refusal: 'no line in the table of shard keys' }]
      const refusal = sharding.key && refusalOf(sharding.key, statement)
      return refusal === undefined ? [] : [{ statement, refusal }]
    })
    expect(refused).toEqual([])
  })

  test('and one does, of all but findAndModify, each statement by itself', async () => {
    const cluster = await startMongoShards()
    try {
      await migrateUp(cluster.db, { waitMs: 10_000 })
      for (const [name, { key }] of Object.entries(SHARD_KEYS)) if (key) await cluster.shardCollection(name, key)
      for (const [insert, document] of Object.entries(SEEDS)) {
        await cluster.route('insert', { insert, documents: Array.from({ length: 100 }, (_, n) => document(n)) })
      }
      const routed = commands.sent().filter(({ commandName }) => isRouted(commandName))
      const refused: object[] = []
      for (const { commandName, command } of routed) {
        const answer = await cluster.route(commandName, command).catch(error => ({ writeErrors: [error] }))
        const errors = (answer.writeErrors ?? []).filter(({ code }: { code: unknown }) => code !== DUPLICATE)
        if (errors.length > 0) refused.push({ command, errors })
      }
      expect(refused).toEqual([])
      expect(routed.length).toBeGreaterThan(300)
    } finally {
      await cluster.close()
    }
  })

  test('those that ask every shard are told, and no others', () => {
    const scattered = statements().flatMap(({ statement, sharding }) =>
      sharding?.key !== undefined && statement.kind !== 'insert' && targetOf(sharding.key, statement.filter) === 'all'
        ? [scatterOf(statement)]
        : [],
    )
    expect([...toldScatters().keys()]).toEqual([...new Set(scattered)].sort())
  })

  test('the index that sharding needs is made of the ids as they are', async () => {
    const db = mongo.client.db(mongo.database)
    for (const [name, { key }] of Object.entries(SHARD_KEYS)) if (key) await db.collection(name).createIndex({ ...key })
  })
})
