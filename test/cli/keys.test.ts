import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '#src/config/load.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { openEncryptedStore } from '#src/store/encrypted/open-encrypted-store.ts'
import { runPias } from '#test/support/run-pias.ts'

const HOUR_MS = 3_600_000

let folder: string
let now: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pias-keys-'))
  now = Date.parse('2036-11-22T12:00:00Z')
})
afterEach(() => rmSync(folder, { recursive: true }))

const environment = () => ({ PIAS_DATA_DIR: join(folder, 'data'), PIAS_CLIENTS_DIR: folder })

/** One command, at the time of the test. */
const pias = (...args: string[]) => runPias(environment(), folder, args, { clock: () => now })

type Line = { keys: string; alg: string; state: string; kid: string; since: number; until?: number }

const status = async (keys = 'signing'): Promise<Line[]> =>
  (JSON.parse((await pias('keys', 'status', '--json')).stdout) as Line[]).filter(line => line.keys === keys)
const statesOf = (lines: readonly Line[]) => lines.map(({ alg, state }) => `${alg} ${state}`).sort()

test('keys status tells every key, without its private half', async () => {
  const { code, stdout, stderr } = await pias('keys', 'status')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^signing {4}ES256 {9}current {2}[\w-]{43} since 2036-11-22T12:00:00.000Z$/),
    expect.stringMatching(/^signing {4}RS256 {9}current {2}[\w-]{43} since 2036-11-22T12:00:00.000Z$/),
    expect.stringMatching(/^itsme {6}RS256 {9}current {2}[\w-]{43} since 2036-11-22T12:00:00.000Z$/),
    expect.stringMatching(/^itsme {6}RSA-OAEP-256 {2}current {2}[\w-]{43} since 2036-11-22T12:00:00.000Z$/),
    '',
  ])
  expect((await pias('keys', 'status')).stdout).toBe(stdout)
})

test('keys rotate publishes the next keys, once; they take over by themselves', async () => {
  const [before] = await status()
  const { code, stdout } = await pias('keys', 'rotate')
  expect([code, stdout]).toEqual([0, 'the next keys are published; in use from 2036-11-23T12:00:00.000Z\n'])
  expect((await pias('keys', 'rotate')).stdout).toContain('published already; in use from 2036-11-23T12:00:00.000Z')
  expect(statesOf(await status())).toEqual(['ES256 current', 'ES256 next', 'RS256 current', 'RS256 next'])
  expect(statesOf(await status('itsme'))).toEqual(['RS256 current', 'RSA-OAEP-256 current'])
  now += 24 * HOUR_MS
  const after = await status()
  expect(statesOf(after)).toEqual(['ES256 current', 'ES256 retired', 'RS256 current', 'RS256 retired'])
  expect(after.find(({ kid }) => kid === before?.kid)).toMatchObject({
    state: 'retired',
    // The longest token lives ten minutes.
    until: Date.parse('2036-11-24T12:10:00.000Z'),
  })
})

test('keys rotate --now waits for those who have the keys in their caches', async () => {
  const refused = await pias('keys', 'rotate', '--now')
  expect([refused.code, refused.stderr]).toEqual([
    1,
    'pias: not everybody may have seen the next keys before 2036-11-22T12:05:10.000Z: wait, or add --force\n',
  ])
  expect(statesOf(await status())).toContain('ES256 next')
  now = Date.parse('2036-11-22T12:05:10Z')
  const done = await pias('keys', 'rotate', '--now')
  expect([done.code, done.stdout]).toEqual([0, 'the next keys are in use\n'])
  expect(statesOf(await status())).toEqual(['ES256 current', 'ES256 retired', 'RS256 current', 'RS256 retired'])
})

test('a key that leaked: new ones at once, and the old one withdrawn', async () => {
  const [leaked] = await status('itsme')
  const early = await pias('keys', 'withdraw', '--yes', leaked?.kid ?? '', '--keys', 'itsme')
  expect([early.code, early.stderr]).toEqual([2, expect.stringContaining('the key is in use')])
  const before = await status('itsme')
  const unconfirmed = await pias('keys', 'rotate', '--now', '--force', '--keys', 'itsme')
  expect([unconfirmed.code, unconfirmed.stderr]).toEqual([2, expect.stringContaining('--yes does it')])
  expect(await status('itsme')).toEqual(before)
  expect((await pias('keys', 'rotate', '--now', '--force', '--yes', '--keys', 'itsme')).code).toBe(0)
  const { code, stdout } = await pias('keys', 'withdraw', '--yes', leaked?.kid ?? '', '--keys', 'itsme')
  expect([code, stdout]).toEqual([0, 'the key is withdrawn\n'])
  expect((await status('itsme')).map(({ kid }) => kid)).not.toContain(leaked?.kid)
  const unknown = await pias('keys', 'withdraw', '--yes', 'nothing')
  expect([unknown.code, unknown.stderr]).toEqual([2, 'pias: no key has the id nothing\n'])
})

test('what was done to keys is in the audit trail, and nothing that was refused', async () => {
  const [leaked] = await status('itsme')
  const keys = ['--keys', 'itsme']
  await pias('keys', 'withdraw', '--yes', leaked?.kid ?? '', ...keys)
  await pias('keys', 'rotate', ...keys)
  await pias('keys', 'rotate', ...keys)
  await pias('keys', 'rotate', '--now', ...keys)
  await pias('keys', 'rotate', '--now', '--force', ...keys)
  await pias('keys', 'rotate', '--now', '--force', '--yes', ...keys)
  await pias('keys', 'withdraw', '--yes', leaked?.kid ?? '', ...keys)
  const config = loadConfig({ env: environment(), root: folder })
  const store = await openEncryptedStore(config, {
    clock: () => now,
    dataDir: config.dataDir,
    migrate: true,
    makeKek: true,
  })
  const events = await store.audit.list({ after: 0, limit: 10 })
  await store.close()
  const by = { keys: 'itsme', by: 'operator' }
  expect(events.map(({ at, type, data }) => ({ at, type, data }))).toEqual([
    { at: now, type: 'keys.rotated', data: by },
    { at: now, type: 'keys.activated', data: { ...by, force: true } },
    { at: now, type: 'keys.withdrawn', data: { ...by, kid: leaked?.kid } },
  ])
})

test('keys of an upstream that there is none of', async () => {
  const { code, stderr } = await pias('keys', 'rotate', '--keys', 'partner')
  expect([code, stderr]).toEqual([2, 'pias: there are no keys "partner": choose one of signing, itsme\n'])
})

test.each([
  [{ publishAhead: 100 }, 'keyRotation.publishAhead: must be at least jwksMaxAge and twice refresh: 310'],
  [{ every: 100_000 }, 'keyRotation.every: must be at least twice publishAhead: 172800'],
  [{ refresh: 61 }, 'keyRotation.refresh'],
])('a schedule that would surprise somebody is refused: %j', (keyRotation, problem) => {
  const file = join(folder, 'pias.json')
  writeFileSync(file, JSON.stringify({ keyRotation }))
  const load = () => loadConfig({ env: { PIAS_CONFIG: file }, root: folder })
  expect(load).toThrow(PiasError)
  expect(load).toThrow(problem)
})
