import { createAccountAccess } from '#src/accounts/account-access.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { startJobs } from '#src/operations/jobs.ts'
import { AUTHOR } from '#test/support/author.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, type Tokens } from '#test/support/log-in.ts'
import { type LogoutReceiver, startLogoutReceiver } from '#test/support/logout-receiver.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { askForCode, confirm, type DeviceAuthorization, poll, submit, TV_CLIENT } from '#test/support/tv.ts'
import { until } from '#test/support/until.ts'

/** A device is in the session of the browser that let it in, and hears of its end as every app does (ADR 0028). */
let running: RunningPias
let receiver: LogoutReceiver
let jobs: ReturnType<typeof startJobs>

beforeAll(async () => {
  receiver = await startLogoutReceiver(TV_CLIENT.client_id, { issuer: () => running.issuer })
  running = await startPias({ clients: [{ ...TV_CLIENT, backchannel_logout_uri: receiver.url }] })
  jobs = startJobs(running.pias.jobs, { logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} } })
})
afterAll(async () => {
  await jobs.stop()
  await running.close()
  await receiver.close()
})

const letIn = async (browser = createHttpBrowser()) => {
  const tv = (await askForCode(running, createHttpBrowser())).json<DeviceAuthorization>()
  await confirm(running, browser, await browser.get(tv.verification_uri_complete), 'lotte')
  const tokens = (await poll(running, createHttpBrowser(), tv.device_code)).json<Tokens>()
  return { browser, claims: claimsOf(tokens.id_token) }
}

const told = () => receiver.tokens.map(({ sub, sid }) => ({ sub, sid }))

test('a TV is told when its person logs out in the browser that let it in', async () => {
  const { browser, claims } = await letIn()
  const page = await browser.get(`${running.issuer}/session/end`)
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  await browser.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
  await until(() => receiver.tokens.length === 1)
  expect(claims.sid).toEqual(expect.any(String))
  expect(told()).toEqual([{ sub: claims.sub, sid: claims.sid }])
})

test('a TV that a browser with a session let in is told when the account is blocked', async () => {
  const browser = createHttpBrowser()
  await logIn(browser, createTestApp(running).authorize().url, 'lotte')
  const { claims } = await letIn(browser)
  await createAccountAccess({ ...running.pias.store, clock: Date.now }).block(claims.sub as AccountId, AUTHOR)
  await until(() => receiver.tokens.length === 2)
  expect(told()[1]).toEqual({ sub: claims.sub, sid: claims.sid })
})

test('a TV that its person refused is told nothing', async () => {
  const tv = (await askForCode(running, createHttpBrowser())).json<DeviceAuthorization>()
  const browser = createHttpBrowser()
  const page = await browser.get(tv.verification_uri_complete)
  await submit(running, browser, page, { abort: 'yes' })
  expect(await running.pias.store.logouts.takeDue({ now: Date.now() + 1e12, leaseMs: 1, limit: 10 })).toEqual([])
})
