import type { Pias } from '#src/compose.ts'
import { createBench } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { startOnServers, startSecondNode } from './on-servers.ts'

const LOGINS = 100
const AT_ONCE = 5

/**
 * Two nodes on one Redis and one MongoDB. Every step of a login is answered by the other node than the step before, at
 * once, and Redis is far from the first node and next to the second: what the first has not stored when its answer
 * leaves is missing at the next step.
 */
const bench = createBench()

/** The node that a request goes to: 0 or 1. */
const nodeOf = (path: string): number => (/^\/(callback|token)/.test(path) ? 1 : 0)

test('a login may cross nodes at every step: not one invalid_grant, not one lost session', async () => {
  const pias = await startOnServers(bench, { delayMs: 4 })
  const { running } = pias
  const second = await startSecondNode(pias)
  bench.ending(second.close)
  const first = running.pias.handle
  const answered = [0, 0]
  const both: Pias['handle'] = (request, response) => {
    const node = nodeOf(request.url ?? '')
    answered[node] = (answered[node] ?? 0) + 1
    return node === 0 ? first(request, response) : second.handle(request, response)
  }
  Object.assign(running.pias, { handle: both })

  const logInOnce = async () => {
    const [app, browser] = [createTestApp(running), createHttpBrowser()]
    const asked = app.authorize()
    const tokens = await redeem(app, browser, await logIn(browser, asked.url, 'lotte'), asked)
    const told = await userinfo(running, browser, tokens.access_token)
    const again = app.authorize()
    const sso = await redeem(app, browser, [await browser.get(again.url)], again)
    const refreshed = await app.token(browser, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
    expect([told.status, refreshed.status]).toEqual([200, 200])
    return [claimsOf(tokens.id_token).sub, claimsOf(sso.id_token).sub]
  }

  const subjects = new Set<unknown>()
  const worker = async () => {
    for (let done = 0; done < LOGINS / AT_ONCE; done++) for (const sub of await logInOnce()) subjects.add(sub)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  expect(subjects.size).toBe(1)
  expect(Math.min(...answered)).toBeGreaterThan(LOGINS * 3)
  expect(running.log.filter(({ level }) => level === 'error')).toEqual([])
  expect(running.log.filter(({ message }) => message === 'OAuth request refused')).toEqual([])
}, 120_000)
