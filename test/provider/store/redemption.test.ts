import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** A code that is bound to a session (no `offline_access`) is worth what the session is worth when it is redeemed. */
let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

const withCode = async () => {
  const app = createTestApp(running, undefined, 'openid profile')
  const browser = createHttpBrowser()
  const asked = app.authorize()
  const answers = await logIn(browser, asked.url, 'lotte')
  const session = answers.at(-1)?.setCookies.find(({ name }) => name === 'pias_sid')?.value ?? ''
  return { app, browser, asked, answers, session }
}

const outcomeOf = async ({ app, browser, asked, answers }: Awaited<ReturnType<typeof withCode>>) => {
  const answer = await app.redeem(browser, answers.at(-1)?.location ?? '', asked)
  return [answer.status, answer.json().error]
}

test('with its session it is redeemed, once', async () => {
  const login = await withCode()
  const tokens = await redeem(login.app, login.browser, login.answers, login.asked)
  expect((await userinfo(running, login.browser, tokens.access_token)).status).toBe(200)
  expect(await outcomeOf(login)).toEqual([400, 'invalid_grant'])
})

test('after its session has ended it is not, and no token is left behind', async () => {
  const login = await withCode()
  const issued: string[] = []
  const { upsert } = running.pias.store.artifacts
  const watched = (...values: Parameters<typeof upsert>) => {
    if (values[0] === 'AccessToken') issued.push(values[1])
    return upsert(...values)
  }
  Object.assign(running.pias.store.artifacts, { upsert: watched })
  await running.pias.store.artifacts.destroy('Session', login.session)
  expect(await outcomeOf(login)).toEqual([400, 'invalid_grant'])
  expect(issued.length).toBe(1)
  for (const id of issued) expect(await running.pias.store.artifacts.find('AccessToken', id)).toBeUndefined()
})

test('nor after its session has become another person’s', async () => {
  const login = await withCode()
  const { artifacts } = running.pias.store
  const found = await artifacts.find('Session', login.session)
  const session = { ...(found?.payload as { uid: string }), accountId: 'somebody else' }
  await artifacts.upsert('Session', login.session, session, 60, { uid: session.uid })
  expect(await outcomeOf(login)).toEqual([400, 'invalid_grant'])
})

test('eight at once: one token, and the seven others change nothing', async () => {
  const login = await withCode()
  const answers = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(login)))
  expect(answers.map(([status]) => status).sort()).toEqual([200, ...Array(7).fill(400)])
})
