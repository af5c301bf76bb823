import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { startCluster } from '#test/store/redis/cluster.ts'
import { startFront } from '#test/store/redis/front.ts'
import { GROUP, startSentinel } from '#test/store/redis/sentinel.ts'
import { createBench, REPLICATING, until } from '#test/store/redis/support.ts'
import { freePort } from '#test/support/free-ports.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { createTestCertificate, type TestCertificate } from '#test/support/test-certificate.ts'

/** A login with Redis behind Sentinels and in a Cluster, with passwords, an ACL user and TLS: by configuration alone. */
const SERVER_PASSWORD = 'a-synthetic-password-of-servers'
const SENTINEL_PASSWORD = 'a-synthetic-password-of-sentinels'
/** With what a URL has to encode. */
const USER = { name: 'pias', password: 'synthetic p@ss/word' }

// Registered first, so it runs last: the driver's connections to Sentinels end with a timer of two seconds each.
afterAll(() => sleep(2100))
const bench = createBench()
const dir = mkdtempSync(join(tmpdir(), 'pias-topologies-'))
let mongo: TestDatabase
let certificate: TestCertificate

beforeAll(async () => {
  mongo = await openTestDatabase()
  bench.ending(mongo.close)
  certificate = await createTestCertificate(dir)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const start = async (redis: object, server: object = {}): Promise<RunningPias> => {
  await mongo.empty()
  const store = {
    kind: 'mongo-redis',
    mongo: { url: mongo.url, database: mongo.database },
    redis: { keyPrefix: 'pias:', ...redis },
  }
  return startPias({ config: { store, server } })
}

const logInAs = async (running: RunningPias, persona: string) => {
  const [app, browser] = [createTestApp(running), createHttpBrowser()]
  const request = app.authorize()
  return claimsOf((await redeem(app, browser, await logIn(browser, request.url, persona), request)).id_token)
}

/** What will never be there is not waited for. */
const IMPATIENT = { startPatience: 0 }

const portOf = (url: string): number => Number(new URL(url).port)

/** A server of a group with a password and an ACL user, behind a front that speaks TLS; it goes by the front's port. */
const startMember = async () => {
  const port = await freePort()
  const secrets = ['--requirepass', SERVER_PASSWORD, '--masterauth', SERVER_PASSWORD]
  const announced = ['--replica-announce-ip', '127.0.0.1', '--replica-announce-port', String(port)]
  const server = await bench.server({
    ...REPLICATING,
    args: [...REPLICATING.args, ...secrets, ...announced],
  })
  const { redis } = bench.probe(server.url.replace('//', `//:${SERVER_PASSWORD}@`))
  await redis.call('ACL', 'SETUSER', USER.name, 'on', `>${USER.password}`, '~pias:*', '+@all')
  const front = await startFront({ port, target: portOf(server.url), certificate })
  bench.ending(front.close)
  return { server, redis, front, port }
}

test('Sentinels with a password name servers with an ACL user, all over TLS, also after a failover', async () => {
  const [primary, replica] = [await startMember(), await startMember()]
  await replica.redis.replicaof('127.0.0.1', primary.port)
  const watched = { primary: primary.port, password: SENTINEL_PASSWORD, serverPassword: SERVER_PASSWORD }
  const sentinel = await startSentinel(watched)
  bench.ending(sentinel.close)
  const gate = await startFront({ port: await freePort(), target: portOf(sentinel.url), certificate })
  bench.ending(gate.close)
  const watcher = bench.probe(sentinel.url.replace('//', `//:${SENTINEL_PASSWORD}@`)).redis
  await until(async () => ((await watcher.call('SENTINEL', 'REPLICAS', GROUP)) as unknown[]).length === 1)

  const redis = {
    url: `rediss://${USER.name}:${encodeURIComponent(USER.password)}@${GROUP}`,
    sentinels: [gate.url.replace('//', `//:${SENTINEL_PASSWORD}@`)],
    tls: { caFile: certificate.certFile },
  }
  // Nobody is trusted whose certificate is not known, nor let in by another password.
  await expect(start({ ...redis, tls: {} }, IMPATIENT)).rejects.toMatchObject({ code: 'store.unavailable' })
  const wrong = { ...redis, url: `rediss://${USER.name}:wrong@${GROUP}` }
  await expect(start(wrong, IMPATIENT)).rejects.toMatchObject({ code: 'store.unusable' })

  const running = await start(redis)
  try {
    const { sub } = await logInAs(running, 'lotte')
    expect([gate.secured() > 0, primary.front.secured() > 0]).toEqual([true, true])
    primary.server.kill()
    await until(async () => (await replica.redis.info('replication')).includes('role:master'))
    const before = replica.front.secured()
    await until(async () => (await createHttpBrowser().get(`${running.issuer}/readyz`)).status === 200)
    expect((await logInAs(running, 'lotte')).sub).toBe(sub)
    expect(replica.front.secured()).toBeGreaterThan(before)
  } finally {
    await running.close()
  }
})

test('a Cluster is reached over TLS, each of its servers', async () => {
  const cluster = await startCluster({ front: at => startFront({ ...at, certificate }) })
  bench.ending(cluster.close)
  for (const { url } of cluster.servers) {
    const { redis } = bench.probe(url)
    await redis.call('ACL', 'SETUSER', USER.name, 'on', `>${USER.password}`, '~pias:*', '+@all')
  }
  const url = cluster.config.url.replace('//', `//${USER.name}:${encodeURIComponent(USER.password)}@`)
  const redis = { ...cluster.config, url, tls: { caFile: certificate.certFile } }
  await expect(start({ ...redis, tls: {} }, IMPATIENT)).rejects.toMatchObject({ code: 'store.unavailable' })
  const running = await start(redis)
  try {
    const { sub } = await logInAs(running, 'lotte')
    for (let login = 0; login < 3; login++) expect((await logInAs(running, 'lotte')).sub).toBe(sub)
    expect(cluster.fronts.map(front => front.secured() > 0)).toEqual([true, true, true])
  } finally {
    await running.close()
  }
})
