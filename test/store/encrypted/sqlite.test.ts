import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { describeStoreContract } from '#test/store/contract.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'

const root = mkdtempSync(join(tmpdir(), 'pias-encrypted-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

describeStoreContract('SQLite, encrypted', async ({ clock }) => {
  const dir = mkdtempSync(join(root, 'store-'))
  return encryptTestStore(await openSqliteStore({ dataDir: dir, clock }), { clock, dir })
})
