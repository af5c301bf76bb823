import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { customersConfigSchema, openCustomerSources } from '#src/customers/registry.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { lotteIn } from '#test/linking/people.ts'
import { recordForm } from '#test/support/record-form.ts'

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

describe('openCustomerSources', () => {
  test('opens the feed held in the store', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'customer-sources-'))
    const store = await openSqliteStore({ dataDir, clock: Date.now })
    try {
      const source = await openCustomerSources(customersConfigSchema.parse(undefined), {
        ...store,
        toComparablePerson: recordForm.toComparablePerson,
        clock: Date.now,
        logger: SILENT,
      })
      expect(source.id).toBe('snapshot')
      expect(await source.findCandidates(['m:+32470123456'], 10, recordForm.toComparablePerson(lotteIn('tv')))).toEqual(
        {
          candidates: [],
          overflowed: [],
          complete: true,
        },
      )
      expect(await source.findByCustomerId('MOB-1')).toEqual([])
    } finally {
      await store.close()
      await rm(dataDir, { recursive: true })
    }
  })
})
