import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCustomerSources } from '#src/customers/registry.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

describe('openCustomerSources', () => {
  test('opens the feed held in the store', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'customer-sources-'))
    const store = await openSqliteStore({ dataDir, clock: Date.now })
    try {
      const source = await openCustomerSources({ customers: store.customers })
      expect(source.id).toBe('snapshot')
      expect(await source.findCandidates(['m:+32470123456'], 10)).toEqual({
        candidates: [],
        overflowed: [],
        complete: true,
      })
      expect(await source.findByCustomerId('MOB-1')).toEqual([])
    } finally {
      await store.close()
      await rm(dataDir, { recursive: true })
    }
  })
})
