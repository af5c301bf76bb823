import { MongoClient } from 'mongodb'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  asPersona,
  atApp,
  claimsOf,
  createTestApp,
  logIn,
  redeem,
  type Tokens,
  userinfo,
} from '#test/support/log-in.ts'
import { PATIENT } from '#test/support/slow-down-store.ts'
import { until } from '#test/support/until.ts'
import { CLUSTER_STARTS_MS, type Cluster, startCluster } from './cluster.ts'
import { claimsOfLogin } from './pias-process.ts'

const AT_ONCE = 50

let cluster: Cluster
beforeAll(async () => {
  // A search or an upstream that is late asks the person, which is not what this is about.
  cluster = await startCluster({ config: PATIENT })
}, CLUSTER_STARTS_MS)
afterEach(() => cluster?.balancer.pin(undefined))
afterAll(() => cluster?.close())

const countAccounts = async (): Promise<number> => {
  const client = await MongoClient.connect(cluster.mongoUrl)
  try {
    return await client.db('pias').collection('accounts').countDocuments()
  } finally {
    await client.close()
  }
}

test(`${AT_ONCE} first logins of one person at once make one account, one subject and no error`, async () => {
  const seen: number[] = []
  /** A node that has too much to do says 503, and the person begins again; on a fast machine nobody has to. */
  const logInOnce = async (): Promise<unknown> => {
    const [browser, app] = [createHttpBrowser(), createTestApp(cluster)]
    const asked = app.authorize()
    const answers = await logIn(browser, asked.url, 'lotte')
    seen.push(...answers.map(({ status }) => status))
    const last = answers.at(-1)
    if (last?.status === 503) return logInOnce()
    // What a person would see instead of the app.
    expect([last?.status, atApp(last?.location ?? ''), /<h1>(.*?)<\/h1>/.exec(last?.body ?? '')?.[1]]).toEqual([
      303,
      true,
      undefined,
    ])
    const token = await app.redeem(browser, last?.location ?? '', asked)
    seen.push(token.status)
    return token.status === 503 ? logInOnce() : claimsOf(token.json<Tokens>().id_token).sub
  }
  const subjects = await Promise.all(Array.from({ length: AT_ONCE }, logInOnce))
  expect([subjects.length, new Set(subjects).size]).toEqual([AT_ONCE, 1])
  expect(seen.filter(status => ![200, 302, 303, 503].includes(status))).toEqual([])
  expect(await countAccounts()).toBe(1)
  expect(cluster.balancer.answers().every(count => count > AT_ONCE)).toBe(true)
})

test.each([
  [0, 1],
  [1, 0],
])('a login begun on node %i ends on node %i', async (first, second) => {
  const [browser, app] = [createHttpBrowser(), createTestApp(cluster)]
  const asked = app.authorize()
  cluster.balancer.pin(first)
  const begun = await browser.get(asked.url)
  cluster.balancer.pin(second)
  const answers = await browser.follow(asPersona(begun.location, 'lotte'), atApp)
  cluster.balancer.pin(first)
  const tokens = await redeem(app, browser, answers, asked)
  cluster.balancer.pin(second)
  expect((await userinfo(cluster, browser, tokens.access_token)).status).toBe(200)
  const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
  expect((await app.token(browser, form)).status).toBe(200)
})

test.each([
  [0, 1],
  [1, 0],
])('who logs out at node %i is logged out at node %i, too', async (first, second) => {
  const browser = createHttpBrowser()
  await claimsOfLogin(cluster.issuer, browser, 'thomas')
  cluster.balancer.pin(second)
  const { sub } = await claimsOfLogin(cluster.issuer, browser)
  expect(sub).toEqual(expect.any(String))

  cluster.balancer.pin(first)
  const question = await browser.get(`${cluster.issuer}/session/end?client_id=test-app`)
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(question.body)?.[1] ?? ''
  const done = await browser.post(`${cluster.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
  expect([question.status, done.status]).toEqual([200, 303])

  cluster.balancer.pin(second)
  const silent = createTestApp(cluster).authorize({ prompt: 'none' })
  expect(appAnswer(await browser.get(silent.url)).error).toBe('login_required')
})

test('what nodes and commands write at once is in the one chain within a second, and the chain is whole', async () => {
  const client = await MongoClient.connect(cluster.mongoUrl)
  try {
    const db = client.db('pias')
    const events = db.collection<{ _id: number; at: number; block?: number }>('audit_events')
    const blocks = db.collection<{ _id: number; sealedAt: number }>('audit_blocks')
    const isSealed = async () => (await events.countDocuments({ block: { $exists: false } })) === 0
    /** How long the last event of a round waited for its block, in milliseconds; the command at least writes one. */
    const race = async (): Promise<number> => {
      await until(isSealed)
      const before = await events.findOne({}, { sort: { _id: -1 } })
      const logins = ['lotte', 'thomas', 'lotte', 'thomas'].map(persona =>
        claimsOfLogin(cluster.issuer, createHttpBrowser(), persona),
      )
      await Promise.all([...logins, cluster.pias('audit', 'list', '--reveal', '--reason', 'a synthetic reason')])
      await until(isSealed)
      const sealedAt = new Map((await blocks.find().toArray()).map(block => [block._id, block.sealedAt]))
      const fresh = await events.find({ _id: { $gt: before?._id ?? 0 } }).toArray()
      expect(fresh.length).toBeGreaterThan(0)
      const waits = fresh.map(({ at, block = 0 }) => (sealedAt.get(block) ?? Number.POSITIVE_INFINITY) - at)
      return Math.max(...waits)
    }
    // A busy machine may hold a node up; one that seals too seldom is late each time.
    const waits = [await race()]
    while (waits.length < 10 && !waits.some(wait => wait < 1000)) waits.push(await race())
    expect(Math.min(...waits)).toBeLessThan(1000)
    const verified = await cluster.pias('audit', 'verify', '--json')
    expect([verified.code, JSON.parse(verified.stdout)]).toMatchObject([0, { problems: [] }])
  } finally {
    await client.close()
  }
}, 240_000)
