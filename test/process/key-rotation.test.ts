import { setTimeout as sleep } from 'node:timers/promises'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, createTestApp, logIn, redeem, type Tokens } from '#test/support/log-in.ts'
import { TEST_CLIENT } from '#test/support/start-pias.ts'
import { CLUSTER_STARTS_MS, type Cluster, startCluster } from './cluster.ts'

const RS256_CLIENT = { ...TEST_CLIENT, client_id: 'rs256-app', id_token_signed_response_alg: 'RS256' }
const MAX_AGE = 2
const ROTATIONS = 2
/** Tokens that each app verifies with a new key before the rotation counts as done. */
const VERIFIED = 20

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({
    clients: [RS256_CLIENT],
    config: { matching: { deadlineMs: 30_000 }, keyRotation: { jwksMaxAge: MAX_AGE, refresh: 1 } },
  })
}, CLUSTER_STARTS_MS)
afterAll(() => cluster?.close())

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await sleep(100)
}

/** Whether the node itself, without the balancer, publishes this many keys. */
const publishes = async (port: number, count: number): Promise<boolean> => {
  const host = new URL(cluster.issuer).host
  const answer = await createHttpBrowser().get(`http://127.0.0.1:${port}/jwks`, { host })
  return answer.json<{ keys: unknown[] }>().keys.length === count
}

/** One app under load: who logs in once and gets token after token, each verified. */
const startApp = (client: typeof TEST_CLIENT) => {
  const [browser, app] = [createHttpBrowser(), createTestApp(cluster, client)]
  // Keeps the keys exactly as long as PIAS allows, and never asks again for one that it does not know.
  const keys = createRemoteJWKSet(new URL(`${cluster.issuer}/jwks`), {
    cacheMaxAge: MAX_AGE * 1000,
    cooldownDuration: Number.POSITIVE_INFINITY,
  })
  const verified = new Map<string, number>()
  const wrong: string[] = []

  const verify = async (token: string): Promise<void> => {
    const kid = decodeProtectedHeader(token).kid ?? ''
    try {
      await jwtVerify(token, keys, { issuer: cluster.issuer, audience: client.client_id })
      verified.set(kid, (verified.get(kid) ?? 0) + 1)
    } catch (error) {
      wrong.push(`${kid} ${String(error)}`)
    }
  }

  /** A machine that has other things to do makes a store late, which says nothing of the keys. */
  const isBusy = (answer: Answer) => answer.status === 503 || appAnswer(answer).error === 'temporarily_unavailable'
  const isRight = (answer: Answer, status: number): boolean => {
    if (answer.status === status && !isBusy(answer)) return true
    if (!isBusy(answer)) wrong.push(`${answer.status} ${answer.body.slice(0, 200)}`)
    return false
  }

  const getTokens = async (): Promise<void> => {
    const asked = app.authorize()
    const code = await browser.get(asked.url)
    if (!isRight(code, 303)) return
    const redeemed = await app.redeem(browser, code.location ?? '', asked)
    if (!isRight(redeemed, 200)) return
    const { id_token, refresh_token } = redeemed.json<Tokens>()
    await verify(id_token)
    const refreshed = await app.token(browser, { grant_type: 'refresh_token', refresh_token })
    if (isRight(refreshed, 200)) await verify(refreshed.json<Tokens>().id_token)
  }

  let stopped = false
  const run = async (): Promise<void> => {
    const first = app.authorize()
    await redeem(app, browser, await logIn(browser, first.url, 'lotte'), first)
    while (!stopped) await getTokens()
  }
  return {
    verified,
    wrong,
    run,
    stop: () => {
      stopped = true
    },
  }
}

test(`${ROTATIONS} rotations on two running nodes under load: no failed verification, no failed request`, async () => {
  const jwks = await createHttpBrowser().get(`${cluster.issuer}/jwks`)
  expect(jwks.headers['cache-control']).toBe(`public, max-age=${MAX_AGE}`)
  const apps = [TEST_CLIENT, RS256_CLIENT].map(startApp)

  const rotate = async (): Promise<void> => {
    const everyKeyIsUsed = (count: number) =>
      until(() =>
        apps.every(({ verified }) => verified.size === count && [...verified.values()].every(uses => uses >= VERIFIED)),
      )
    await everyKeyIsUsed(1)
    for (let rotation = 1; rotation <= ROTATIONS; rotation++) {
      expect((await cluster.pias('keys', 'rotate')).code).toBe(0)
      // Two algorithms, with a key more for each rotation so far: retired ones are kept for a day.
      for (const port of cluster.ports) await until(() => publishes(port, 2 * (rotation + 1)))
      await sleep(MAX_AGE * 1000)
      await until(async () => (await cluster.pias('keys', 'rotate', '--now')).code === 0)
      await everyKeyIsUsed(rotation + 1)
    }
    for (const app of apps) app.stop()
  }

  await Promise.all([rotate(), ...apps.map(({ run }) => run())])
  expect(apps.flatMap(({ wrong }) => wrong)).toEqual([])
  expect(apps.map(({ verified }) => verified.size)).toEqual([ROTATIONS + 1, ROTATIONS + 1])
  expect(Math.min(...cluster.balancer.answers())).toBeGreaterThan(0)
}, 300_000)
