import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kekConfigSchema } from '#src/crypto/kek/config.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import { type ExampleVault, startVault } from '#test/support/servers/start-vault.ts'

const KEY = Buffer.from('a synthetic key of 32 bytes ....')

let dir: string
let vault: ExampleVault
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-vault-'))
  vault = await startVault()
})
afterEach(async () => {
  await vault.close()
  rmSync(dir, { recursive: true, force: true })
})

const open = (more: object = {}) => {
  const config = kekConfigSchema.parse({ kind: 'vault-transit', url: vault.url, token: vault.token, ...more })
  return openKek(config, { dataDir: dir, make: false })
}

test('what it wrapped it unwraps, under the same name only', async () => {
  const kek = await open()
  const wrapped = await kek.wrap(KEY, 'accounts')
  expect(wrapped).toMatch(/^vault:v1:/)
  expect(Buffer.from(await kek.unwrap(wrapped, 'accounts'))).toEqual(KEY)
  await expect(kek.unwrap(wrapped, 'index')).rejects.toMatchObject({ code: 'store.unusable' })
})

test('a rotation makes what was wrapped before outdated, and it still opens', async () => {
  const kek = await open()
  const old = await kek.wrap(KEY, 'accounts')
  expect(await kek.isOutdated(old)).toBe(false)
  vault.rotate()
  expect(await kek.isOutdated(old)).toBe(true)
  expect(Buffer.from(await kek.unwrap(old, 'accounts'))).toEqual(KEY)
  expect(await kek.isOutdated(await kek.wrap(KEY, 'accounts'))).toBe(false)
})

test('engine, key and namespace are where the configuration says', async () => {
  const kek = await open({ mount: 'kms/transit', keyName: 'other', namespace: 'team', url: `${vault.url}/` })
  await expect(kek.wrap(KEY, 'accounts')).rejects.toMatchObject({ code: 'store.unusable' })
  expect(vault.requests).toEqual([{ method: 'POST', path: '/v1/kms/transit/encrypt/other', namespace: 'team' }])
})

test('a token in a file is read with every call', async () => {
  const tokenFile = join(dir, 'token')
  const kek = await open({ token: undefined, tokenFile })
  await expect(kek.wrap(KEY, 'n')).rejects.toMatchObject({
    code: 'config.unreadable',
    message: expect.stringContaining('ENOENT'),
  })
  const before = vault.requests.length
  for (const text of ['', ' \n', `${vault.token}\n${vault.token}\n`]) {
    writeFileSync(tokenFile, text)
    await expect(kek.wrap(KEY, 'n')).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('must hold a token and nothing else'),
    })
  }
  expect(vault.requests).toHaveLength(before)
  writeFileSync(tokenFile, `${vault.token}\n`)
  await kek.wrap(KEY, 'n')
  vault.token = 'hvs.renewed'
  await expect(kek.wrap(KEY, 'n')).rejects.toMatchObject({ code: 'store.unusable' })
  writeFileSync(tokenFile, vault.token)
  await kek.wrap(KEY, 'n')
})

test('a refused token is told without the token', async () => {
  const kek = await open({ token: 'hvs.secret-of-somebody' })
  const error = await kek.wrap(KEY, 'n').catch(error => error)
  expect(error).toMatchObject({ code: 'store.unusable', message: expect.stringContaining('refuses the token') })
  expect(`${error.message}${error.stack}`).not.toContain('hvs.')
})

test('what a file wrapped is another kind', async () => {
  const kek = await open()
  await expect(kek.unwrap('file:1:abc', 'n')).rejects.toMatchObject({
    code: 'store.unusable',
    message: expect.stringContaining('kek.kind'),
  })
  expect(vault.requests).toEqual([])
})

describe('when Vault does not work', () => {
  test('sealed: unavailable', async () => {
    const kek = await open()
    vault.become('sealed')
    await expect(kek.wrap(KEY, 'n')).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringContaining('answered 503'),
    })
  })

  test('silent: unavailable after the time that is configured', async () => {
    const kek = await open({ timeoutMs: 100 })
    vault.become('silent')
    await expect(kek.unwrap('vault:v1:abc', 'n')).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringContaining('within 100 milliseconds'),
    })
  })

  test('gone: unavailable', async () => {
    const kek = await open()
    await vault.close()
    await expect(kek.isOutdated('vault:v1:abc')).rejects.toMatchObject({ code: 'store.unavailable' })
  })
})

test.each([
  [{ url: 'http://vault.example', token: 't' }, 'must be https'],
  [{ url: 'https://user:secret@vault.example', token: 't' }, 'must have no user'],
  [{ url: 'https://vault.example' }, 'either token or tokenFile'],
  [{ url: 'https://vault.example', token: 't', tokenFile: 'f' }, 'either token or tokenFile'],
  [{ url: 'https://vault.example', token: 't', mount: '../sys' }, 'is not a path'],
])('the configuration %j is refused', (config, message) => {
  const { error } = kekConfigSchema.safeParse({ kind: 'vault-transit', ...config })
  expect(error?.issues.map(issue => issue.message).join()).toContain(message)
})
