import type { AccountId } from '#src/kernel/identity.ts'
import type { MongoStore } from '#src/store/mongo/open.ts'

const event = { at: 1, type: 't', accountId: 'a7', data: {} }

/** Uses clients, their rollouts and funnel, reviews and data keys in each of their ways, on what `seed` made. */
export const useClients = async ({ clients, dataKeys, funnel, reviews, rollouts }: MongoStore): Promise<void> => {
  const rollout = { clientId: 'c7', version: 2, policy: {}, at: 1, by: 'b', reason: 'r' }
  expect(await rollouts.put(rollout, [event])).toBe(true)
  expect(await rollouts.current('c7')).toMatchObject({ version: 2 })
  expect(await rollouts.history('c7', 10)).toHaveLength(2)
  const counted = { day: '2036-11-22', clientId: 'c7', method: 'm', step: 'started', count: 1 }
  await funnel.add([counted, { ...counted, day: '2036-11-23' }])
  expect(await funnel.list(['c7', 'c8'], '2036-11-22')).toHaveLength(3)
  expect(await funnel.total('2036-11-23')).toHaveLength(1)
  expect(await funnel.forget({ day: '2036-11-22', limit: 10 })).toBe(0)
  expect(await funnel.forget({ day: '2036-11-23', limit: 10 })).toBe(10)
  expect(await funnel.busiest(['2036-11-21', '2036-11-22', '2036-11-23'], 5)).toHaveLength(5)

  const stored = await clients.find('c000007')
  if (stored === undefined) throw new Error('the client that was seeded is gone')
  await clients.put({ ...stored, version: 2 }, [event])
  expect(await clients.page({ after: 'c050000', limit: 100 })).toHaveLength(100)
  expect(await clients.page({ prefix: 'c0001', after: '', limit: 100 })).toHaveLength(100)
  expect(await clients.changed({ after: 1_050_000, limit: 100 })).toHaveLength(100)
  for (const latestFirst of [false, true]) {
    expect(await clients.ending({ from: 10_000, before: 50_000, limit: 100, latestFirst })).toHaveLength(100)
  }
  for (const at of [1, 100_000_000]) await clients.noteSecretUse({ clientId: 'c7', secretId: 's', at })
  expect((await clients.secretUses('c8')).size).toBe(1)
  const matter = { kind: 'record-changed', accountId: 'a8', customer: { serviceLine: 'tv', customerId: '8' } } as const
  const about = { ...matter, accountId: 'a8' as AccountId }
  expect(await reviews.raise({ matter: about, raisedAt: 1, data: {}, events: [event] })).toBe(true)
  expect(await reviews.list({ limit: 100 })).toHaveLength(100)
  expect(await reviews.list({ all: true, limit: 100, after: { raisedAt: 50_000, id: 'v50000' } })).toHaveLength(100)
  for (const all of [false, true]) {
    const accountId = 'a10' as AccountId
    expect(await reviews.list({ all, accountId, limit: 100 })).toHaveLength(1)
    expect(await reviews.list({ all, accountId, after: { raisedAt: 50_000, id: 'v50000' }, limit: 100 })).toEqual([])
  }
  await reviews.find('v7')
  expect(await reviews.close({ id: 'v8', raisedAt: 8, at: 1, by: 'x', outcome: 'kept', events: [event] })).toBe(true)

  await dataKeys.find('key7')
  expect((await dataKeys.ofAccounts(['a7', 'a8', 'none'])).size).toBe(2)
  await dataKeys.putIfAbsent('new', 'w')
  expect(await dataKeys.replace('key7', 'w', 'x')).toBe(true)
}
