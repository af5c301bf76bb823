import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, createTestApp, logIn, redeem, type Tokens, userinfo } from '#test/support/log-in.ts'
import { CLUSTER_STARTS_MS, type Cluster, startCluster } from './cluster.ts'

const REQUESTS = 10_000
const AT_ONCE = 4
const RESTARTS = 4

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ config: { matching: { deadlineMs: 30_000 }, server: { drainDelay: 1 } } })
}, CLUSTER_STARTS_MS)
afterAll(() => cluster?.close())

test(`nodes restarted one after the other: ${REQUESTS} requests, none lost`, async () => {
  let sent = 0
  let busy = 0
  const wrong: string[] = []

  /** A machine that has other things to do makes a store late, which says nothing of the restart: begin again. */
  const isBusy = (answer: Answer) => answer.status === 503 || appAnswer(answer).error === 'temporarily_unavailable'
  const expectAnswer = (answer: Answer, status: number): Answer | undefined => {
    sent++
    if (isBusy(answer)) busy++
    else if (answer.status === status) return answer
    else wrong.push(`${answer.status} ${answer.body.slice(0, 200)}`)
    return undefined
  }

  /** Somebody at an app: logged in once, then single sign-on, tokens, userinfo, a refresh, again and again. */
  const worker = async (): Promise<void> => {
    const [browser, app] = [createHttpBrowser(), createTestApp(cluster)]
    const first = app.authorize()
    await redeem(app, browser, await logIn(browser, first.url, 'lotte'), first)
    while (sent < REQUESTS) {
      for (let reads = 0; reads < 6; reads++) expectAnswer(await browser.get(`${cluster.issuer}/jwks`), 200)
      const asked = app.authorize()
      const code = expectAnswer(await browser.get(asked.url), 303)
      if (code === undefined) continue
      const redeemed = expectAnswer(await app.redeem(browser, code.location ?? '', asked), 200)
      if (redeemed === undefined) continue
      const tokens = redeemed.json<Tokens>()
      expectAnswer(await userinfo(cluster, browser, tokens.access_token), 200)
      const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
      expectAnswer(await app.token(browser, form), 200)
    }
  }

  let restarts = 0
  const restartNodes = async (): Promise<void> => {
    for (; restarts < RESTARTS; restarts++) {
      while (sent < (REQUESTS * (restarts + 1)) / (RESTARTS + 1)) await sleep(50)
      expect(await cluster.restart(restarts % 2)).toEqual({ code: 0, signal: null })
    }
  }

  await Promise.all([restartNodes(), ...Array.from({ length: AT_ONCE }, worker)])
  expect(wrong).toEqual([])
  expect(busy).toBeLessThan(REQUESTS / 100)
  expect(sent).toBeGreaterThanOrEqual(REQUESTS)
  expect(restarts).toBe(RESTARTS)
  expect(Math.min(...cluster.balancer.answers())).toBeGreaterThan(0)
}, 600_000)
