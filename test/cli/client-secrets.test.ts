import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runPias } from '#test/support/run-pias.ts'

let folder: string
const now = Date.parse('2036-11-22T12:00:00Z')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pias-client-secrets-'))
  const client = { client_id: 'shop', client_name: 'Synthetic shop', token_endpoint_auth_method: 'client_secret_basic' }
  const redirects = { redirect_uris: ['https://shop.example/cb'] }
  writeFileSync(join(folder, 'shop.json'), JSON.stringify({ ...client, ...redirects }))
})
afterEach(() => rmSync(folder, { recursive: true }))

const pias = (...args: string[]) =>
  runPias({ PIAS_DATA_DIR: join(folder, 'data'), PIAS_CLIENTS_DIR: folder }, folder, ['clients', 'secret', ...args], {
    clock: () => now,
  })

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
  // Without a word nothing is removed.
  expect(await pias('remove', 'shop', id)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes does it') })
  expect((await pias('list', 'shop')).stdout).toBe(listed)
  expect((await pias('remove', 'shop', id, '--yes')).code).toBe(0)
  expect((await pias('remove', 'shop', id, '--yes')).code).toBe(2)
  expect((await pias('list', 'shop')).stdout.trim().split('\n')).toHaveLength(1)
})

test.each([
  [['add', 'nobody'], 'there is no app nobody'],
  [['add', 'shop', '--expires', 'soon'], '--expires takes a number of days'],
  [['remove', 'shop', 'none', '--yes'], 'the store has no secret none of shop'],
])('%j is refused: %s', async (args, message) => {
  expect(await pias(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
})
