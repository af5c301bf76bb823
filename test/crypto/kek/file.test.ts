import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addKeyVersion, makeKeyFile } from '#src/crypto/kek/key-file.ts'
import { openKek } from '#src/crypto/kek/registry.ts'

const KEY = Buffer.from('a synthetic key of 32 bytes ....')

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pias-kek-'))
  file = join(dir, 'secrets', 'kek')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const open = (make = true) => openKek({ kind: 'file', file }, { dataDir: dir, make })

test('what it wrapped it unwraps, after a restart too, and under the same name only', async () => {
  const wrapped = await (await open()).wrap(KEY, 'accounts')
  expect(wrapped).not.toContain(KEY.toString('base64url'))
  const again = await open(false)
  expect(Buffer.from(await again.unwrap(wrapped, 'accounts'))).toEqual(KEY)
  await expect(again.unwrap(wrapped, 'index')).rejects.toMatchObject({ code: 'store.unusable' })
})

test('the file is for its user only, and made whole', async () => {
  await open()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(dir, 'secrets')).mode & 0o777).toBe(0o700)
  expect(readFileSync(file, 'utf8')).toMatch(/^1 [\w-]{43}\n$/)
  expect(readdirSync(join(dir, 'secrets'))).toEqual(['kek'])
})

test('by default it is beside the data', async () => {
  await openKek({ kind: 'file' }, { dataDir: dir, make: true })
  expect(readdirSync(dir)).toEqual(['kek'])
})

test('one that is there is never made anew', async () => {
  await open()
  const before = readFileSync(file, 'utf8')
  makeKeyFile(file)
  await open()
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('a new version wraps; what older ones wrapped opens and is outdated', async () => {
  const old = await (await open()).wrap(KEY, 'n')
  expect(addKeyVersion(file)).toBe('2')
  const kek = await open(false)
  expect(await kek.isOutdated(old)).toBe(true)
  expect(Buffer.from(await kek.unwrap(old, 'n'))).toEqual(KEY)
  const renewed = await kek.wrap(KEY, 'n')
  expect(await kek.isOutdated(renewed)).toBe(false)
  writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(1).join('\n'))
  const newest = await open(false)
  expect(Buffer.from(await newest.unwrap(renewed, 'n'))).toEqual(KEY)
  await expect(newest.unwrap(old, 'n')).rejects.toMatchObject({
    code: 'store.unusable',
    message: expect.stringContaining('PIAS_KEK_FILE'),
  })
})

test('another file of the same version names does not open it', async () => {
  const wrapped = await (await open()).wrap(KEY, 'n')
  rmSync(file)
  await expect((await open()).unwrap(wrapped, 'n')).rejects.toMatchObject({ code: 'store.unusable' })
})

test('one that is missing is one clear line, where it may not be made', async () => {
  await expect(open(false)).rejects.toMatchObject({
    code: 'config.unreadable',
    message: expect.stringMatching(/cannot read .*kek \(ENOENT\): set PIAS_KEK_FILE/),
  })
})

test.each(['', '# nothing\n', 'geheim\n', '1 geheim\n', `1 ${'g'.repeat(43)}\n1 ${'h'.repeat(43)}\n`])(
  'a file %j is refused without its text',
  async text => {
    makeKeyFile(file)
    writeFileSync(file, text)
    const error = await open(false).catch(error => error)
    expect(error).toMatchObject({ code: 'config.invalid' })
    expect(error.message).not.toContain('geheim')
    expect(error.message).not.toContain('ggg')
  },
)
