import type { MongoStore } from '#src/store/mongo/open.ts'
import type { StoredCustomer } from '#src/store/ports/customers.ts'

const customer = (customerId: string, digest: string): StoredCustomer => ({
  serviceLine: 'tv',
  customerId,
  document: 'd',
  digest,
  keys: ['k7', 'new'],
  terms: ['t8', 'new'],
})

/** Uses customer records in each of their ways, on what `seed` made. */
export const useCustomers = async ({ customers }: MongoStore): Promise<void> => {
  const put = (id: string) => ({ kind: 'put', record: customer(id, 'new') }) as const
  await customers.write([put('7'), put('new')], 1)
  await customers.write([put('7')], 2)
  expect(await customers.unchanged([customer('7', 'new'), customer('8', 'new')])).toEqual(new Set(['tv:7']))
  expect(await customers.find([{ serviceLine: 'tv', customerId: '7' }])).toHaveLength(1)
  const noted = await customers.notedChanges({ limit: 10 })
  expect(await customers.notedChanges({ limit: 10, after: { at: 50_000, id: 'c' } })).toHaveLength(10)
  expect(noted).toHaveLength(10)
  await customers.settleChanges(noted)
  await customers.write([{ kind: 'remove', key: { serviceLine: 'tv', customerId: 'new' } }], 60_000)
  expect((await customers.findByKeys(['k9', 'k10'], 400)).records).toHaveLength(2)
  expect((await customers.findByKeys(['common1', 'k9', 'all'], 400)).overflowed).toEqual(['common1', 'all'])
  expect((await customers.findByKeys(['common1', 'all'], 600)).records).toHaveLength(500)
  await customers.findByCustomerId('7')
  await customers.page({ limit: 10 })
  await customers.page({ limit: 10, after: 'tv:7' })
  await customers.termCounts(['t7', 'none'])
  await customers.countByLine()
  await customers.count()
}
