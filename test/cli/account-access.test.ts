import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, claimsOf, createTestApp, leave, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** `pias accounts`, in a process of its own beside a node that runs. */
const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')

let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

const why = ['--reason', 'a synthetic reason']

const accounts = (
  command: string,
  ...ids: string[]
): Promise<[code: number | string, stdout: string, stderr: string]> =>
  new Promise(resolve => {
    const env = { PATH: process.env.PATH, PIAS_DATA_DIR: running.dataDir }
    execFile(process.execPath, [PIAS, 'accounts', command, ...ids], { env }, (error, stdout, stderr) =>
      resolve([error?.code ?? 0, stdout, stderr]),
    )
  })

const logInNow = async () => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize()
  const answers = await logIn(browser, request.url, 'lotte')
  if (!('code' in appAnswer(answers.at(-1)))) {
    return { browser, error: appAnswer(await leave(running, browser, answers.at(-1))).error }
  }
  const tokens = await redeem(app, browser, answers, request)
  return { browser, tokens, id: `${claimsOf(tokens.id_token).sub}` }
}

test('block, unblock and revoke-sessions count at once on a node that runs', async () => {
  const { browser, tokens, id = '' } = await logInNow()
  const status = async (accessToken = '') => (await userinfo(running, browser, accessToken)).status
  expect(await status(tokens?.access_token)).toBe(200)
  expect(await accounts('block', id, '--yes', ...why)).toEqual([0, expect.stringMatching(/^blocked/), ''])
  expect(await status(tokens?.access_token)).toBe(401)
  expect((await logInNow()).error).toBe('access_denied')
  expect(await accounts('unblock', id, ...why)).toEqual([0, 'may log in again\n', ''])
  const { tokens: again } = await logInNow()
  expect(await status(again?.access_token)).toBe(200)
  expect(await accounts('revoke-sessions', id, '--yes', ...why)).toEqual([0, expect.stringContaining('ended'), ''])
  expect(await status(again?.access_token)).toBe(401)
  expect(await status((await logInNow()).tokens?.access_token)).toBe(200)

  const { audit } = running.pias.store
  const author = { by: userInfo().username, reason: 'a synthetic reason' }
  for (const type of ['account.blocked', 'account.unblocked', 'account.logins-ended']) {
    const [event, ...more] = await audit.search({ accountId: id, type, limit: 10 })
    expect([event?.data, more]).toEqual([author, []])
  }
  expect(await accounts('block', id, '--yes')).toEqual([2, '', expect.stringContaining('--reason')])
})

test('an account that is not there ends with 2', async () => {
  for (const command of ['block', 'unblock', 'revoke-sessions']) {
    expect(await accounts(command, 'nobody', ...why)).toEqual([2, '', 'pias: there is no such account\n'])
  }
})

test('consents are listed and taken back', async () => {
  const { tokens, id = '' } = await logInNow()
  await running.pias.store.consents.give({ accountId: id as never, clientId: 'other-app', scopes: ['email'], at: 0 })
  expect(await accounts('consents', id)).toEqual([0, 'other-app 1970-01-01T00:00:00.000Z email\n', ''])
  expect(await accounts('withdraw-consent', id, 'other-app', '--yes')).toEqual([
    0,
    expect.stringMatching(/^withdrawn/),
    '',
  ])
  expect(await accounts('withdraw-consent', id, 'other-app', '--yes')).toEqual([
    2,
    '',
    'pias: there is no such consent\n',
  ])
  expect(await accounts('consents', id)).toEqual([0, '', ''])
  expect((await userinfo(running, createHttpBrowser(), tokens?.access_token ?? '')).status).toBe(200)
})
