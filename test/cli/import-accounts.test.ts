import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `pias accounts import`, as docs/how-to-migrate-accounts.md tells it. */
const ROOT = join(import.meta.dirname, '..', '..')
const GUIDE = readFileSync(join(ROOT, 'docs', 'how-to-migrate-accounts.md'), 'utf8')
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(GUIDE)?.[1] ?? ''

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pias-migrate-'))
  writeFileSync(join(folder, 'accounts.jsonl'), block('jsonl'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a command of the guide in the folder of the file. */
const run = (command: string): Promise<{ code: number | string; stdout: string; stderr: string }> =>
  new Promise(resolve => {
    const [program, ...args] = command
      .trim()
      .replace(/^npm run pias --/, join(ROOT, 'src/cli/pias.ts'))
      .split(/\s+/)
    const env = { PATH: process.env.PATH, PIAS_DATA_DIR: join(folder, 'data') }
    execFile(process.execPath, [program as string, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })

test('the file of the guide is imported by its command, once', async () => {
  const command = block('sh')
  expect(await run(command)).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^2 lines in [\d.]+ s: 2 inserted, 0 updated, 0 unchanged, 0 rejected\n$/),
    stderr: '',
  })
  expect((await run(command)).stdout).toContain('0 inserted, 0 updated, 2 unchanged, 0 rejected')
  expect(existsSync(join(folder, 'accounts.jsonl.rejects.jsonl'))).toBe(false)
})

test('lines that are wrong are told in the rejects file; a file without a good one ends with 2', async () => {
  writeFileSync(join(folder, 'accounts.jsonl'), `${block('jsonl')}{"legacyId":"","customers":[]}\n`)
  expect(await run(block('sh'))).toMatchObject({ code: 0, stderr: expect.stringContaining('1 lines were rejected') })
  const rejects = readFileSync(join(folder, 'accounts.jsonl.rejects.jsonl'), 'utf8')
  expect(JSON.parse(rejects)).toEqual({ line: 3, field: 'legacyId', reason: 'must not be empty' })
  writeFileSync(join(folder, 'accounts.jsonl'), '[]\n')
  expect(await run(block('sh'))).toMatchObject({ code: 2, stderr: expect.stringContaining('every line was rejected') })
})
