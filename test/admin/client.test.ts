import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAdminClient } from '#src/admin/client/create-admin-client.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningApi, startApi } from './api-client.ts'

/** The typed client, made of the description, against an admin plane that runs. */
const GENERATED = join(import.meta.dirname, '..', '..', 'src', 'admin', 'client', 'operations.generated.ts')

let api: RunningApi
let call: ReturnType<typeof createAdminClient>
beforeAll(async () => {
  api = await startApi()
  call = createAdminClient({ origin: api.admin.origin, token: () => api.owner.token })
})
afterAll(() => api.close())

test('its types are those of the description', async () => {
  const { dataDir } = api.admin.running
  const printed = await runPias({ PIAS_DATA_DIR: dataDir }, dataDir, ['admin', 'client', api.admin.origin])
  expect(printed).toMatchObject({ code: 0, stderr: '' })
  // Else: npm run --silent pias -- admin client ORIGIN > src/admin/client/operations.generated.ts
  expect(readFileSync(GENERATED, 'utf8')).toBe(printed.stdout)
  await expect(
    runPias({ PIAS_DATA_DIR: dataDir }, dataDir, ['admin', 'client', api.admin.running.issuer]),
  ).resolves.toMatchObject({ code: 2, stderr: expect.stringContaining('no description') })
})

test('every reference of the description leads somewhere', () => {
  const text = JSON.stringify(api.description)
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => `${reference}`)
  expect(references.length).toBeGreaterThan(50)
  for (const reference of new Set(references)) {
    const found = reference
      .slice('#/'.length)
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], api.description)
    expect([reference, typeof found]).toEqual([reference, 'object'])
  }
})

test('reads, writes over a version, and tells problems', async () => {
  const me = await call('whoAmI')
  expect(me).toEqual({ ok: true, status: 200, data: { accountId: api.owner.accountId, roles: ['owner'] } })
  const created = await call('createClient', {
    body: {
      preset: 'web',
      metadata: { client_id: 'typed', client_name: 'Typed', redirect_uris: ['https://t.example/cb'] },
    },
  })
  expect(created).toMatchObject({ ok: true, status: 201 })
  const found = await call('listClients', { query: { prefix: 'typ', limit: 5 } })
  expect(found.ok && found.data.clients.map(({ clientId }) => clientId)).toEqual(['typed'])
  const rollout = await call('showRollout', { params: { clientId: 'typed' } })
  if (!rollout.ok) throw new Error(rollout.problem.title)
  const { policy } = rollout.data
  const input = { params: { clientId: 'typed' }, body: { policy, reason: 'a synthetic reason' } }
  expect(await call('setRollout', { ...input, etag: `${rollout.etag}` })).toMatchObject({ ok: true })
  const stale = await call('setRollout', { ...input, etag: '"7"' })
  expect(stale).toMatchObject({ ok: false, status: 412, problem: { code: 'stale' } })
  // @ts-expect-error an operation that is not described
  await expect(call('dropEverything')).rejects.toThrow()
  // @ts-expect-error without the account
  expect(await call('showAccount', { params: {} })).toMatchObject({ ok: false })
})

test('an Idempotency-Key is sent, lines come as text, and another server is told from PIAS', async () => {
  const body = { account: api.guest.accountId, reason: 'a synthetic reason' }
  const search = { body: { account: body.account }, idempotencyKey: 'one' }
  expect(await call('searchAccounts', search)).toMatchObject({ ok: true })
  const other = await call('searchAccounts', { ...search, body: { account: 'another' } })
  expect(other).toMatchObject({ ok: false, status: 422, problem: { code: 'key-used' } })
  const elsewhere = createAdminClient({ origin: api.admin.running.issuer, token: () => 'none' })
  expect(await elsewhere('whoAmI')).toMatchObject({ ok: false, problem: { code: 'not-pias' } })
})
