import type { MongoStore } from '#src/store/mongo/open.ts'

const event = { at: 1, type: 't', accountId: 'a7', data: {} }

/** Uses the audit trail and its chain in each of their ways, on what `seed` made. */
export const useAudit = async ({ audit, auditChain }: MongoStore): Promise<void> => {
  await audit.append([event])
  expect(await audit.list({ after: 50_000, limit: 100 })).toHaveLength(100)
  expect((await audit.list({ after: 0, limit: 100, accountId: 'a7' })).length).toBeGreaterThan(1)
  for (const query of [{}, { type: 't7' }, { clientId: 'c7' }, { accountId: 'a7' }, { from: 40_000, to: 50_000 }]) {
    expect((await audit.search({ ...query, limit: 100 })).length).toBeGreaterThan(1)
  }
  expect(await audit.search({ record: 'r17', type: 't7', limit: 100 })).toHaveLength(1)
  await audit.search({ type: 't7', clientId: 'c7', before: { at: 50_000, sequence: 50_000 }, limit: 100 })
  const [open] = await auditChain.unsealed(100)
  const { number = 0 } = (await auditChain.head()) ?? {}
  const block = { number: number + 1, sealedAt: 1, events: 1, mac: 'm' }
  expect(await auditChain.seal(block, [open?.sequence ?? 0])).toBe(true)
  expect(await auditChain.eventsOf({ first: 5000, last: 5009 })).toHaveLength(100)
  expect(await auditChain.blocks({ after: 50_000, limit: 100 })).toHaveLength(100)
  expect(await auditChain.remove({ through: 100, limit: 100 })).toBe(100)
  expect(await auditChain.remove({ through: 10, limit: 100 })).toBe(10)
}
