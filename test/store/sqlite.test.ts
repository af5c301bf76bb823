import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { describeStoreContract } from './contract.ts'

const root = mkdtempSync(join(tmpdir(), 'pias-sqlite-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

describeStoreContract('SQLite', ({ clock }) => openSqliteStore({ dataDir: mkdtempSync(join(root, 'store-')), clock }))
