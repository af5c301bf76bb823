import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '#src/config/load.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import { toStoredCustomer } from '#src/customers/snapshot/stored-customer.ts'
import type { CustomerRecord } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { createResolveLink } from '#src/linking/resolve-link.ts'
import { openEncryptedStore } from '#src/store/encrypted/open-encrypted-store.ts'
import { verified } from '#test/linking/support.ts'
import { LOTTE, record } from '#test/matching/people.ts'
import { recordForm } from '#test/support/record-form.ts'

const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pias-explain-'))
})

afterEach(() => rm(folder, { recursive: true }))

const env = () => ({ PATH: process.env.PATH, PIAS_DATA_DIR: join(folder, 'data') })

/** A first login of Lotte among these records, on the store the command will read. */
const login = async (records: readonly CustomerRecord[]): Promise<void> => {
  const config = loadConfig({ env: env(), root: folder })
  const deps = { clock: Date.now, dataDir: config.dataDir, migrate: true, makeKek: true }
  const store = await openEncryptedStore(config, deps)
  await store.customers.write(
    records.map(one => ({ kind: 'put' as const, record: toStoredCustomer(one, recordForm) })),
    Date.now(),
  )
  const resolveLink = createResolveLink({
    ...store,
    source: createSnapshotSource(store),
    clock: Date.now,
    newAccountId: () => 'account-1' as AccountId,
    personOfDay: () => 'person-1',
    logger: SILENT,
    matching: { ...config.matching, deadlineMs: 60_000 },
  })
  await resolveLink(verified(LOTTE), { clientId: 'web' })
  await store.close()
}

const explain = (...options: string[]): Promise<{ code: number | string; stdout: string; stderr: string }> =>
  new Promise(resolve => {
    execFile(
      process.execPath,
      [PIAS, 'matching', 'explain', ...options],
      { cwd: folder, env: env() },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })

describe('pias matching explain', () => {
  test('tells an account’s decisions, and one record of it', async () => {
    await login([record(), record({ customerId: '2', firstName: 'L', emails: [] })])
    const account = await explain('--account', 'account-1')
    expect(account).toMatchObject({ code: 0, stderr: '' })
    expect(account.stdout).toMatch(/^link, by r\d+\+m-hand-\d\+n\d, error budget 0.0001; 2 records compared\n/)
    expect(account.stdout).toContain('mobile 1: linked: the record itself says who and what')
    expect(account.stdout).toContain('mobile 2: not linked')
    const one = await explain('--customer', 'mobile:1')
    expect(one.stdout).toContain('mobile 1: linked')
    expect(one.stdout).not.toContain('mobile 2')
    expect(account.stdout).not.toMatch(/lotte|broeck|1988|470/i)
  })

  test('tells the decision on somebody without an account by its event, records by reference', async () => {
    await login([record({ firstName: 'L', emails: [] })])
    const { stdout } = await explain('--event', '1')
    expect(stdout).toMatch(/^confirm, by /)
    expect(stdout).toMatch(/\nmobile #[\w-]{12}: not linked/)
    expect(stdout).toContain('offered for proof')
  })

  test('says when nothing is known, or nothing was asked', async () => {
    await login([])
    expect(await explain('--account', 'nobody')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'pias: no decision is known for it\n',
    })
    expect(await explain('--customer', 'mobile:none')).toMatchObject({ code: 2 })
    expect(await explain('--event', '99')).toMatchObject({ code: 2 })
    expect(await explain()).toMatchObject({ code: 2 })
    expect(await explain('--account', 'a', '--event', '1')).toMatchObject({ code: 2 })
  })
})
