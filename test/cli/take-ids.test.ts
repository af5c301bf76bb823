import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runPias } from '#test/support/run-pias.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pias-ids-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const accounts = (...args: string[]) =>
  runPias({ PIAS_DATA_DIR: join(dir, 'data'), PIAS_CLIENTS_DIR: dir }, dir, ['accounts', ...args])

test.each([
  [['block', '-EHvCFUUxJ7KVl5X', '--reason', 'synthetic', '--yes']],
  [['erase', '--Hv_FUUxJ7KVl5X', '--reason', 'synthetic', '--yes']],
  [['erase', '--yes', '--reason', 'synthetic', '-h7VCFUUxJ7KVl5X']],
  [['show', '--', '-abcdefgh']],
])('an id that begins with a hyphen is an id: %j', async args => {
  expect(await accounts(...args)).toEqual({ code: 2, stdout: '', stderr: 'pias: there is no such account\n' })
})

test.each([
  [['block', 'an-id', '--reason', 'synthetic', '--data-dri', 'x'], "unknown option '--data-dri'"],
  [['block', '-EHvCFUUxJ7KVl5X', '--reason', 'synthetic', '--data-dri', 'x'], "unknown option '--data-dri'"],
  [['block', '-EHvCFUUxJ7KVl5X', '--reason', 'synthetic', 'another'], 'too many arguments'],
])('an option that there is not is none: %j', async (args, words) => {
  expect(await accounts(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(words) })
})
