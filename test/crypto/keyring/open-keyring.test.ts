import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { kekConfigSchema } from '#src/crypto/kek/config.ts'
import type { KeyEncryption } from '#src/crypto/kek/port.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import { openKeyring } from '#src/crypto/keyring/open-keyring.ts'
import { hasSharedKeys, rewrapSharedKeys, SHARED_KEY_NAMES } from '#src/crypto/keyring/shared-keys.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { DataKeysPort } from '#src/store/ports/data-keys.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { type ExampleVault, startVault } from '#test/support/servers/start-vault.ts'

const NODES = 8
const clock = Date.now

let dir: string
let dataKeys: DataKeysPort
let accounts: AccountsPort
let vault: ExampleVault
const ending: (() => unknown)[] = []

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-keyring-'))
  const store = await openSqliteStore({ dataDir: dir, clock })
  dataKeys = store.dataKeys
  accounts = store.accounts
  vault = await startVault()
  ending.push(() => rmSync(dir, { recursive: true, force: true }), vault.close, store.close)
})
afterEach(async () => {
  while (ending.length > 0) await ending.pop()?.()
})

const fileKek = (name = 'kek') => openKek({ kind: 'file', file: join(dir, name) }, { dataDir: dir, make: true })
const vaultKek = (more: object = {}) => {
  const config = kekConfigSchema.parse({ kind: 'vault-transit', url: vault.url, token: vault.token, ...more })
  return openKek(config, { dataDir: dir, make: false })
}
const open = async (kek: KeyEncryption, onTrouble?: (error: unknown) => void) => {
  const keyring = await openKeyring({ dataKeys, kek, clock, onTrouble })
  ending.push(keyring.lease.end)
  return keyring
}

/** Opens a synthetic account that has this wrapped key. */
const openAccount = async (id: string, dataKey: string) => {
  const account = { id: id as AccountId, createdAt: 1, updatedAt: 1, claims: {} }
  const identity = { issuer: 'i', clientId: 'c', subject: id }
  expect(await accounts.open({ account, identity, customers: [], events: [], dataKey })).toMatchObject({
    kind: 'bound',
  })
}

/** What is stored of each shared key. */
const stored = () => Promise.all(SHARED_KEY_NAMES.map(name => dataKeys.find(name)))

/** A store that takes its time, so that nodes come between each other's reads and writes. */
const slowly = (port: DataKeysPort): DataKeysPort => {
  const slow =
    <Values extends unknown[], Result>(run: (...values: Values) => Promise<Result>) =>
    async (...values: Values): Promise<Result> => {
      await sleep(2)
      return run(...values)
    }
  return {
    find: slow(port.find),
    ofAccounts: slow(port.ofAccounts),
    putIfAbsent: slow(port.putIfAbsent),
    replace: slow(port.replace),
  }
}

test('of several nodes that start on an empty store at once all have the same keys', async () => {
  expect(await hasSharedKeys(dataKeys)).toBe(false)
  const kek = await fileKek()
  const start = () => openKeyring({ dataKeys: slowly(dataKeys), kek, clock })
  const keyrings = await Promise.all(Array.from({ length: NODES }, start))
  expect(new Set(keyrings.map(({ index }) => index.identity('text'))).size).toBe(1)
  await openAccount('a', keyrings[0]?.accounts.make('a').wrapped ?? '')
  for (const { sealers, customerSealer } of keyrings) {
    for (const other of keyrings) {
      for (const purpose of ['audit', 'keys', 'grants', 'artifacts', 'attempts'] as const) {
        expect(other.sealers[purpose].open(['place'], sealers[purpose].seal(['place'], purpose))).toBe(purpose)
      }
      const token = other.index['customer.id']('1')
      expect(other.customerSealer(token).open(['place'], customerSealer(token).seal(['place'], 'text'))).toBe('text')
    }
  }
  const [first, last] = [await keyrings[0]?.accounts.of('a'), await keyrings.at(-1)?.accounts.of('a')]
  expect(last?.open(['place'], first?.seal(['place'], 'text') ?? '')).toBe('text')
})

test('no key is stored as it is, and none wraps to the same text', async () => {
  await open(await fileKek())
  const wrapped = await stored()
  expect(new Set(wrapped).size).toBe(SHARED_KEY_NAMES.length)
  expect(wrapped.every(text => text?.startsWith('file:1:'))).toBe(true)
})

test('another key-encryption key is told, and nothing is overwritten', async () => {
  await open(await fileKek())
  const before = await stored()
  await expect(open(await fileKek('other'))).rejects.toMatchObject({ code: 'store.unusable' })
  await expect(open(await vaultKek())).rejects.toMatchObject({ code: 'store.unusable' })
  expect(await stored()).toEqual(before)
})

test('a wrapped key under the name of another does not open', async () => {
  const kek = await fileKek()
  await open(kek)
  const [first, second] = (await stored()) as [string, string]
  await dataKeys.replace(SHARED_KEY_NAMES[0] as string, first, second)
  await expect(open(kek)).rejects.toMatchObject({ code: 'store.unusable' })
})

test('keys of many accounts are fetched at once, each once, and those that are forgotten meanwhile are not known', async () => {
  const asked: string[][] = []
  const counted: DataKeysPort = {
    ...dataKeys,
    ofAccounts: ids => {
      asked.push([...ids])
      return dataKeys.ofAccounts(ids)
    },
  }
  const { accounts: keys, lease } = await openKeyring({ dataKeys: counted, kek: await fileKek(), clock })
  ending.push(lease.end)
  for (const id of ['one', 'two', 'gone', 'read']) await openAccount(id, keys.make(id).wrapped)
  const loading = keys.ofMany(['one', 'two', 'one', 'none', 'gone'])
  keys.forget('gone')
  expect([...(await loading).keys()]).toEqual(['one', 'two', 'gone'])
  for (const id of ['one', 'two']) expect(await keys.of(id)).toBeDefined()
  expect([...(await keys.ofMany(['two', 'one'])).keys()]).toEqual(['two', 'one'])
  expect(asked).toEqual([['one', 'two', 'none', 'gone']])
  await keys.of('gone')
  expect(await keys.of('none')).toBeUndefined()
  expect(asked.slice(1)).toEqual([['gone'], ['none']])
})

test('whoever reads an account has its key opened, which is not asked for again', async () => {
  const { accounts: keys } = await open(await fileKek())
  const { sealer, wrapped } = keys.make('a')
  const sealed = sealer.seal(['place'], 'text')
  let reads = 0
  const read = async () => {
    reads += 1
    return wrapped
  }
  const known = await Promise.all([keys.of('a', read), keys.of('a', read), keys.of('a')])
  expect(known.map(key => key?.open(['place'], sealed))).toEqual(['text', 'text', 'text'])
  expect(reads).toBe(1)

  // An erasure while it is read: nothing is remembered.
  keys.forget('a')
  const reading = keys.of('a', read)
  keys.forget('a')
  expect(await reading).toBeDefined()
  expect(await keys.of('a')).toBeUndefined()

  const failed = keys.of('a', () => Promise.reject(new Error('away')))
  await expect(failed).rejects.toThrow('away')
  expect(await keys.of('a', read)).toBeDefined()
})

test('accounts that have no key have none, until they get one', async () => {
  const { accounts: keys } = await open(await fileKek())
  expect(await keys.of('a')).toBeUndefined()
  const { sealer, wrapped } = keys.make('a')
  await openAccount('a', wrapped)
  expect((await keys.of('a'))?.open(['place'], sealer.seal(['place'], 'text'))).toBe('text')
  // At another account it is worth nothing.
  await openAccount('b', wrapped)
  await expect(keys.of('b')).rejects.toMatchObject({ code: 'server.failed' })
})

describe('when the key-encryption key rotates', () => {
  test('all keys are wrapped anew, by however many at once, and stay what they were', async () => {
    const before = await open(await vaultKek())
    const sealed = before.sealers.keys.seal(['place'], 'text')
    vault.rotate()
    const kek = await vaultKek()
    const runs = await Promise.all([1, 2, 3].map(() => rewrapSharedKeys({ dataKeys: slowly(dataKeys), kek })))
    expect(runs.reduce((sum, { rewrapped }) => sum + rewrapped, 0)).toBe(SHARED_KEY_NAMES.length)
    expect((await stored()).every(text => text?.startsWith('vault:v2:'))).toBe(true)
    expect(await rewrapSharedKeys({ dataKeys, kek })).toEqual({ keys: SHARED_KEY_NAMES.length, rewrapped: 0 })
    const after = await open(kek)
    expect(after.sealers.keys.open(['place'], sealed)).toBe('text')
    expect(after.index.limit('k')).toBe(before.index.limit('k'))
  })
})

describe('when Vault is away', () => {
  const UNAVAILABLE = expect.objectContaining({ code: 'store.unavailable' })

  test('a node that starts is told within the time of one call, and asks once', async () => {
    await open(await vaultKek())
    vault.become('silent')
    const before = vault.requests.length
    await expect(open(await vaultKek({ timeoutMs: 100 }))).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringMatching(/Vault at http:\/\/127\.0\.0\.1:\d+ did not answer within 100 milliseconds/),
    })
    expect(vault.requests.length).toBe(before + 1)
  })

  test('what is open goes on for five minutes', async () => {
    const kek = await vaultKek()
    expect(kek.leaseSeconds).toBe(300)
    const { sealers, index } = await open(kek)
    await vault.close()
    expect(sealers.keys.open(['place'], sealers.keys.seal(['place'], 'text'))).toBe('text')
    expect(index.limit('k')).toHaveLength(22)
  })

  test('then nothing opens any more, until it answers again', async () => {
    const troubles: unknown[] = []
    const keyring = await open(await vaultKek({ leaseSeconds: 1 }), error => troubles.push(error))
    const sealed = keyring.sealers.keys.seal(['place'], 'text')
    const works = (): boolean => {
      try {
        return keyring.sealers.keys.open(['place'], sealed) === 'text'
      } catch (error) {
        expect(error).toEqual(UNAVAILABLE)
        return false
      }
    }
    vault.become('sealed')
    while (works()) await sleep(20)
    expect(troubles[0]).toEqual(UNAVAILABLE)
    expect(() => keyring.index.identity('text')).toThrow(UNAVAILABLE)
    expect(() => keyring.accounts.make('a')).toThrow(UNAVAILABLE)
    expect(() => keyring.customerSealer('t').seal([], '')).toThrow(UNAVAILABLE)
    vault.become('unsealed')
    while (!works()) await sleep(20)
  })

  test('a token that was revoked ends a node in the same way', async () => {
    const keyring = await open(await vaultKek({ leaseSeconds: 1 }))
    vault.token = 'another'
    const lasts = (): boolean => {
      try {
        keyring.lease.check()
        return true
      } catch {
        return false
      }
    }
    while (lasts()) await sleep(20)
  })
})
