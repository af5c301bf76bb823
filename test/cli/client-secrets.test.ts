import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createProgram } from '#src/cli/program.ts'
import { loadConfig } from '#src/config/load.ts'

let folder: string
const now = Date.parse('2036-11-22T12:00:00Z')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pias-client-secrets-'))
  const client = { client_id: 'shop', client_name: 'Synthetic shop', token_endpoint_auth_method: 'client_secret_basic' }
  const redirects = { redirect_uris: ['https://shop.example/cb'] }
  writeFileSync(join(folder, 'shop.json'), JSON.stringify({ ...client, ...redirects }))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** One command in this process. */
const pias = async (...args: string[]) => {
  const written = { stdout: '', stderr: '' }
  let code = 0
  const to = (name: 'stdout' | 'stderr') =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[name] += chunk
        done()
      },
    })
  const config = loadConfig({ env: { PIAS_DATA_DIR: join(folder, 'data'), PIAS_CLIENTS_DIR: folder }, root: folder })
  const program = createProgram({
    defaultDataDir: config.dataDir,
    operator: 'operator',
    loadConfig: () => config,
    clock: () => now,
    stdout: to('stdout'),
    stderr: to('stderr'),
    setExitCode: given => {
      code = given
    },
  })
  await program.parseAsync(['node', 'pias', 'clients', 'secret', ...args])
  return { code, ...written }
}

test('secrets are made, listed without themselves, and removed', async () => {
  const first = await pias('add', 'shop')
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{43}\n$/) })
  const id = /its id is ([\w-]{8});/.exec(first.stderr)?.[1] ?? ''
  await pias('add', 'shop', '--expires', '30')
  expect(await pias('add', 'shop')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('two secrets'),
  })
  const listed = (await pias('list', 'shop')).stdout
  expect(listed.trim().split('\n')).toEqual([
    `${id} since 2036-11-22T12:00:00.000Z until - used -`,
    expect.stringMatching(/^[\w-]{8} since 2036-11-22T12:00:00.000Z until 2036-12-22T12:00:00.000Z used -$/),
  ])
  expect(listed).not.toContain(first.stdout.trim())
  expect((await pias('remove', 'shop', id)).code).toBe(0)
  expect((await pias('remove', 'shop', id)).code).toBe(2)
  expect((await pias('list', 'shop')).stdout.trim().split('\n')).toHaveLength(1)
})

test.each([
  [['add', 'nobody'], 'there is no app nobody'],
  [['add', 'shop', '--expires', 'soon'], '--expires takes a number of days'],
  [['remove', 'shop', 'none'], 'the store has no secret none of shop'],
])('%j is refused: %s', async (args, message) => {
  expect(await pias(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
})
