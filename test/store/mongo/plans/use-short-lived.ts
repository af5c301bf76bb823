import type { AccountId } from '#src/kernel/identity.ts'
import type { MongoStore } from '#src/store/mongo/open.ts'
import type { DueMessage } from '#src/store/ports/messages.ts'

/** Uses logouts, messages, keys and grants, most of which live for a while, in each of their ways, on what `seed` made. */
export const useShortLived = async ({ grants, keys, logouts, messages }: MongoStore): Promise<void> => {
  const notice = { sid: 'new', sessionUid: 'u', clientId: 'c', accountId: 'a' as AccountId }
  for (const sid of ['new', 'o7']) await logouts.watch({ ...notice, sid }, 50_000)
  for (const ended of [{ sessionUid: 'u8' }, { sessionUid: 'u9', clientId: 'c' }, { accountId: 'a10' as AccountId }]) {
    expect(await logouts.release(ended, 1)).toBe(1)
  }
  expect(await logouts.takeDue({ now: 100_000, leaseMs: 1, limit: 20 })).toHaveLength(20)
  await logouts.postpone('o7', 1)
  await logouts.settle('o7')

  const message = { id: 'new', content: 'c', expiresAt: 1 }
  for (const taken of [true, false]) expect(await messages.put(message, 200_000)).toBe(taken)
  const due = await messages.takeDue({ now: 100_000, leaseMs: 100_000, limit: 20 })
  expect(due).toHaveLength(20)
  expect(await messages.postpone(due[0] as DueMessage, 200_000)).toBe(true)
  expect(await messages.settle(due[1] as DueMessage, 200_000)).toBe(true)
  const [third, fourth] = due.slice(2) as [DueMessage, DueMessage]
  const both = [third, { ...fourth, tries: 99 }].map(claim => messages.settle(claim, 200_000))
  expect(await Promise.all(both)).toEqual([true, false])
  expect(await messages.forget(100)).toBe(50)

  await keys.find('key7')
  await keys.putIfAbsent('new', 'v')
  await keys.replace('new', 'v', 'w')
  expect(await keys.names('key9999')).toHaveLength(11)
  for (const id of ['new', 'r7']) await grants.upsert('RefreshToken', id, {}, 60, { grantId: 'g8' })
  for (const id of ['once', 'r9']) await grants.insertOnce('RefreshToken', id, 60)
  await grants.find('RefreshToken', 'r7')
  await grants.findByUid('RefreshToken', 'u9')
  await grants.findAllByUid('RefreshToken', 'u9', 10)
  await grants.findByUserCode('RefreshToken', 'c9')
  expect(await grants.consume('RefreshToken', 'r7')).toBe(true)
  await grants.destroy('RefreshToken', 'r9')
  await grants.revokeByGrantId('RefreshToken', 'g8')
}
