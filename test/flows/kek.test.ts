import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SHARED_KEY_NAMES } from '#src/crypto/keyring/shared-keys.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { runScript } from '#test/support/processes.ts'
import { type ExampleVault, startVault } from '#test/support/servers/start-vault.ts'
import { PATIENT } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** What happens to logins when the key-encryption key rotates, is away, or is another one. */
const PERSONAS = ['lotte', 'thomas', 'twin-a', 'twin-b'] as const

const KEYS = SHARED_KEY_NAMES.length
const ALL_WRAPPED = `${KEYS} of ${KEYS} keys rewrapped\n`
const NONE_WRAPPED = `0 of ${KEYS} keys rewrapped\n`
const ALL_MOVED = `${KEYS} of ${KEYS} keys moved\n`
const NONE_MOVED = `0 of ${KEYS} keys moved\n`

const ending: (() => unknown)[] = []
afterEach(async () => {
  while (ending.length > 0) await ending.pop()?.()
})

const start = async (kek: object = { kind: 'file' }): Promise<RunningPias> => {
  const running = await startPias({ config: { ...PATIENT, server: { startPatience: 0 }, kek } })
  ending.push(running.close)
  return running
}

const startExampleVault = async (): Promise<ExampleVault> => {
  const vault = await startVault()
  ending.push(vault.close)
  return vault
}

const environmentOf = ({ dataDir, clientsDir }: RunningPias): Record<string, string> => ({
  PIAS_CONFIG: join(dirname(dataDir), 'pias.json'),
  PIAS_DATA_DIR: dataDir,
  PIAS_CLIENTS_DIR: clientsDir,
})

const subOfLogin = async (running: RunningPias, persona: string): Promise<unknown> => {
  const [app, browser] = [createTestApp(running), createHttpBrowser()]
  const asked = app.authorize()
  const answers = await logIn(browser, asked.url, persona)
  return claimsOf((await redeem(app, browser, answers, asked)).id_token).sub
}

/** People who log in again and again until they are told to stop; each must always be the same account. */
const keepLoggingIn = (running: RunningPias) => {
  let over = false
  let logins = 0
  const lanes = PERSONAS.map(async persona => {
    const subs = new Set<unknown>()
    while (!over || subs.size === 0) {
      subs.add(await subOfLogin(running, persona))
      logins += 1
    }
    return subs.size
  })
  return {
    logins: () => logins,
    end: async () => {
      over = true
      expect(await Promise.all(lanes)).toEqual(PERSONAS.map(() => 1))
    },
  }
}

test('a key file rotates under running logins; afterwards the old version is not needed', async () => {
  const running = await start()
  const env = environmentOf(running)
  const file = join(running.dataDir, 'kek')
  const people = keepLoggingIn(running)
  const pias = (...args: string[]) => runScript('src/cli/pias.ts', { args, env })

  expect(await pias('kek', 'add-version')).toMatchObject({ code: 0, stdout: expect.stringContaining('version 2') })
  expect(await pias('kek', 'rewrap')).toMatchObject({ code: 0, stdout: ALL_WRAPPED })
  expect(await pias('kek', 'rewrap')).toMatchObject({ code: 0, stdout: NONE_WRAPPED })
  const during = people.logins()
  expect(during).toBeGreaterThan(0)
  const newcomer = await subOfLogin(running, 'senior')
  await people.end()

  await running.pias.close()
  const [oldest = '', newest = ''] = readFileSync(file, 'utf8').split('\n')
  writeFileSync(file, `${oldest}\n`)
  await expect(running.startAgain({})).rejects.toMatchObject({
    code: 'store.unusable',
    message: expect.stringContaining('PIAS_KEK_FILE'),
  })
  writeFileSync(file, `${newest}\n`)
  const again = await running.startAgain({})
  expect((await again.pias.store.accounts.find(newcomer as never))?.claims.familyName).toBe('Dumont')
})

test('a key in Vault rotates under running logins', async () => {
  const vault = await startExampleVault()
  const running = await start({ kind: 'vault-transit', url: vault.url, token: vault.token })
  const people = keepLoggingIn(running)
  vault.rotate()
  const rewrap = { args: ['kek', 'rewrap'], env: environmentOf(running) }
  expect(await runScript('src/cli/pias.ts', rewrap)).toMatchObject({ code: 0, stdout: ALL_WRAPPED })
  await people.end()
  expect((await runScript('src/cli/pias.ts', { ...rewrap, args: ['kek', 'add-version'] })).code).toBe(2)
})

test('a key moves from a file to Vault; interrupted, it goes on, and the file opens nothing any more', async () => {
  const running = await start()
  const lotte = await subOfLogin(running, 'lotte')
  await running.pias.close()
  const vault = await startExampleVault()
  const setting = join(dirname(running.dataDir), 'old-kek.json')
  writeFileSync(setting, JSON.stringify({ kind: 'file', file: join(running.dataDir, 'kek') }))
  const toVault = { PIAS_KEK: 'vault-transit', PIAS_VAULT_URL: vault.url, PIAS_VAULT_TOKEN: vault.token }
  const move = (...options: string[]) =>
    runScript('src/cli/pias.ts', {
      args: ['kek', 'move', setting, ...options],
      env: { ...environmentOf(running), ...toVault },
    })

  expect(await move()).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes does it') })
  vault.become('sealed')
  expect((await move('--yes')).code).not.toBe(0)
  vault.become('unsealed')
  expect(await move('--yes')).toMatchObject({ code: 0, stdout: ALL_MOVED })
  expect(await move('--yes')).toMatchObject({ code: 0, stdout: NONE_MOVED })
  await expect(running.startAgain({})).rejects.toMatchObject({ code: 'store.unusable' })
  const again = await running.startAgain(toVault)
  expect((await again.pias.store.accounts.find(lotte as never))?.claims.familyName).toBe('Vandenbroucke')
})

test('an old setting that is none is refused before anything is touched', async () => {
  const running = await start()
  const setting = join(dirname(running.dataDir), 'old-kek.json')
  for (const [text, code] of [
    ['{', 'config.unreadable'],
    ['{"kind":"paper"}', 'config.invalid'],
  ] as const) {
    writeFileSync(setting, text)
    const refused = await runScript('src/cli/pias.ts', { args: ['kek', 'move', setting], env: environmentOf(running) })
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(code)])
  }
  expect(await subOfLogin(running, 'lotte')).toEqual(expect.any(String))
})

test('while Vault is away logins go on, first ones too, and a node that starts says why it cannot', async () => {
  const vault = await startExampleVault()
  const running = await start({ kind: 'vault-transit', url: vault.url, token: vault.token })
  const lotte = await subOfLogin(running, 'lotte')
  await vault.close()
  expect(await subOfLogin(running, 'lotte')).toBe(lotte)
  expect(await subOfLogin(running, 'thomas')).not.toBe(lotte)
  expect((await createHttpBrowser().get(`${running.issuer}/readyz`)).status).toBe(200)
  await running.pias.close()
  const { code, stderr } = await runScript('src/main.ts', { env: { ...environmentOf(running), PIAS_PORT: '0' } })
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^PIAS cannot start: .*Vault at .* did not answer.*\n$/)])
})

test('when it stays away beyond the lease, apps are told to come again, and all is well when it is back', async () => {
  const vault = await startExampleVault()
  const running = await start({ kind: 'vault-transit', url: vault.url, token: vault.token, leaseSeconds: 2 })
  const lotte = await subOfLogin(running, 'lotte')
  const ready = async () => (await createHttpBrowser().get(`${running.issuer}/readyz`)).status
  vault.become('sealed')
  while ((await ready()) === 200);
  const { url } = createTestApp(running).authorize()
  const answer = await createHttpBrowser().get(url)
  expect(appAnswer(answer)).toMatchObject({ error: 'temporarily_unavailable' })
  expect((await createHttpBrowser().get(`${running.issuer}/jwks`)).status).toBe(200)
  expect(running.log.some(({ level, fields }) => level === 'warn' && 'event' in fields)).toBe(true)
  vault.become('unsealed')
  while ((await ready()) !== 200);
  expect(await subOfLogin(running, 'lotte')).toBe(lotte)
})

test('in production a key-encryption key is asked for, never made', async () => {
  const running = await start()
  const env = { ...environmentOf(running), PIAS_ENVIRONMENT: 'production', PIAS_ISSUER: 'https://id.example' }
  const more = { PIAS_PROXY_HOPS: '1', PIAS_UPSTREAM_ITSME_ISSUER: 'https://itsme.example', PIAS_PORT: '0' }
  const unnamed = await runScript('src/main.ts', { env: { ...env, ...more } })
  expect([unnamed.code, unnamed.stderr]).toEqual([
    1,
    'PIAS cannot start: kek.file: must be named in production (PIAS_KEK_FILE); npm run pias -- kek create FILE makes one\n',
  ])
  await running.pias.close()
  const file = join(running.dataDir, 'none')
  const missing = await runScript('src/main.ts', { env: { ...env, ...more, PIAS_KEK_FILE: file } })
  expect([missing.code, missing.stderr]).toEqual([
    1,
    expect.stringMatching(/^PIAS cannot start: .*none \(ENOENT\).*\n$/),
  ])
})
