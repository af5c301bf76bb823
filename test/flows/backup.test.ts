import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { runScript } from '#test/support/processes.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** Backup, restore and erasure as docs/how-to-backup.md has them. */
let running: RunningPias
let dir: string
const restored = () => join(dir, 'restored')
const copy = () => join(dir, 'copy.db')
const ledger = () => join(dir, 'erasures.jsonl')

beforeEach(async () => {
  running = await startPias()
  dir = dirname(running.dataDir)
})
afterEach(() => running.close())

const pias = async (args: readonly string[], env: Record<string, string> = {}) => {
  const own = {
    PIAS_CONFIG: join(dir, 'pias.json'),
    PIAS_DATA_DIR: running.dataDir,
    PIAS_KEK_FILE: join(running.dataDir, 'kek'),
  }
  const { code, stdout, stderr } = await runScript('src/cli/pias.ts', { args, env: { ...own, ...env } })
  return { code, stdout, stderr }
}
const onRestored = (...args: string[]) => pias(args, { PIAS_DATA_DIR: restored() })

const subOfLogin = async (persona: string, at = running): Promise<string> => {
  const [app, browser] = [createTestApp(at), createHttpBrowser()]
  const asked = app.authorize()
  const answers = await logIn(browser, asked.url, persona)
  return String(claimsOf((await redeem(app, browser, answers, asked)).id_token).sub)
}

/** Puts the copy where a node would find it. */
const restore = () => {
  mkdirSync(restored())
  copyFileSync(copy(), join(restored(), 'durable.db'))
}

test('a restored copy logs linked people in; who was erased since is erased again', async () => {
  const lotte = await subOfLogin('lotte')
  const thomas = await subOfLogin('thomas')
  expect(await pias(['backup', 'make', copy()])).toMatchObject({ code: 0, stderr: '' })
  const senior = await subOfLogin('senior')
  expect(await pias(['accounts', 'erase', thomas, '--yes', '--reason', 'synthetic request'])).toMatchObject({ code: 0 })
  const exported = await pias(['erasures', 'export'])
  expect(exported.stdout).toMatch(new RegExp(`^\\{"accountId":"${thomas}","erasedAt":\\d+\\}\\n$`))
  writeFileSync(ledger(), exported.stdout)
  await running.pias.close()

  restore()
  const before = await onRestored('backup', 'check', restored(), '--ledger', ledger())
  expect(before.code).toBe(1)
  expect(before.stdout).toContain(`not whole: erased after the copy was made (pias erasures replay): ${thomas}\n`)
  expect(await onRestored('backup', 'check')).toMatchObject({ code: 0, stdout: expect.stringContaining('--ledger') })
  expect((await onRestored('erasures', 'replay', '--yes', ledger())).stdout).toBe(
    '1 erasures replayed, 1 accounts erased\n',
  )
  expect((await onRestored('erasures', 'replay', '--yes', ledger())).stdout).toBe(
    '0 erasures replayed, 0 accounts erased\n',
  )
  const after = await onRestored('backup', 'check', '--ledger', ledger())
  expect(after).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^1 accounts, 1 identities, 4 links, .*\nwhole\n$/),
  })

  const again = await running.startAgain({ PIAS_DATA_DIR: restored(), PIAS_KEK_FILE: join(running.dataDir, 'kek') })
  expect(await subOfLogin('lotte', again)).toBe(lotte)
  const [newThomas, newSenior] = [await subOfLogin('thomas', again), await subOfLogin('senior', again)]
  expect([thomas, senior, lotte]).not.toContain(newThomas)
  expect([thomas, senior, lotte]).not.toContain(newSenior)
})

test('an erased account is gone everywhere: session, refresh token, data key; its records are free', async () => {
  const [app, browser] = [createTestApp(running), createHttpBrowser()]
  const asked = app.authorize()
  const tokens = await redeem(app, browser, await logIn(browser, asked.url, 'lotte'), asked)
  const sub = String(claimsOf(tokens.id_token).sub)
  const wrapped = (await running.pias.store.dataKeys.ofAccounts([sub])).get(sub)
  expect(wrapped).toEqual(expect.any(String))
  expect((await pias(['accounts', 'erase', 'nobody', '--yes', '--reason', 'x'])).code).toBe(2)
  const unsaid = await pias(['accounts', 'erase', sub, '--reason', 'synthetic request'])
  expect(unsaid).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Nothing was done') })
  expect((await pias(['accounts', 'erase', sub, '--yes', '--reason', 'synthetic request'])).code).toBe(0)

  const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
  expect((await app.token(browser, refresh)).json()).toMatchObject({ error: 'invalid_grant' })
  const silent = await browser.get(app.authorize({ prompt: 'none' }).url)
  expect(appAnswer(silent)).toMatchObject({ error: 'login_required' })

  expect(await subOfLogin('lotte')).not.toBe(sub)
  expect(await running.pias.store.accounts.totals()).toEqual({ identities: 1, links: 4 })

  // A node may go on with a key for five minutes; the store has none at once.
  await running.pias.close()
  expect(readdirSync(running.dataDir)).not.toContain('durable.db-wal')
  expect(readFileSync(join(running.dataDir, 'durable.db'), 'latin1')).not.toContain(wrapped)
  expect((await pias(['backup', 'check'])).stdout).toMatch(/^1 accounts, .* 1 erasures\nwhole, but/)
  const again = await running.startAgain({})
  const events = await again.pias.store.audit.list({ after: 0, limit: 100, accountId: sub })
  expect(events.map(({ type, data }) => [type, data])).toEqual([
    ['account.opened', null],
    ['link.decided', null],
    ...Array.from({ length: 4 }, () => ['link.created', null]),
    ['account.erased', { by: userInfo().username, reason: 'synthetic request' }],
  ])
})

test('what cannot be checked, made or replayed is one line', async () => {
  const sub = await subOfLogin('lotte')
  expect((await pias(['backup', 'make', copy()])).code).toBe(0)
  const none = await pias(['backup', 'check', join(dir, 'none.db')])
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('is not there')])
  const twice = await pias(['backup', 'make', copy()])
  expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('exists already')])
  writeFileSync(ledger(), `{"accountId":"${sub}","erasedAt":1}\n{"accou`)
  const half = await pias(['erasures', 'replay', '--yes', ledger()])
  expect([half.code, half.stderr]).toEqual([2, expect.stringContaining('line 2 is no erasure')])
  expect((await running.pias.store.accounts.totals()).identities).toBe(1)
})
