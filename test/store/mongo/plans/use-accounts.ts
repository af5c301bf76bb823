import type { AccountId } from '#src/kernel/identity.ts'
import type { MongoStore } from '#src/store/mongo/open.ts'

const event = { at: 1, type: 't', accountId: 'a7', data: {} }

/** Uses accounts, their erasure and consents in each of their ways, on what `seed` made. */
export const useAccounts = async ({ accounts, consents, erasures, grants, rollouts }: MongoStore): Promise<void> => {
  const opening = (subject: string, customerId: string) =>
    accounts.open({
      account: { id: `new-${subject}` as AccountId, createdAt: 1, updatedAt: 1, claims: {} },
      identity: { issuer: 'i', clientId: 'c', subject },
      customers: [{ serviceLine: 'tv', customerId, method: 'match', ruleVersion: '1', evidence: {} }],
      events: [event],
      dataKey: 'w',
    })
  expect((await opening('new', 'new')).kind).toBe('bound')
  expect((await opening('s7', 'newer')).kind).toBe('already')
  expect((await opening('newest', '7')).kind).toBe('owned-elsewhere')
  await accounts.find('a7' as AccountId)
  const identity = { issuer: 'i', clientId: 'c', subject: 's7' }
  await accounts.findByIdentity(identity)
  expect(await accounts.findWithIdentity(identity)).toMatchObject({ id: 'a7' })
  const together = await Promise.all([
    accounts.findWithIdentity(identity),
    accounts.find('a8' as AccountId),
    accounts.findByIdentity({ ...identity, subject: 's9' }),
    rollouts.current('c7'),
    grants.find('RefreshToken', 'r7'),
    consents.find('a8' as AccountId, 'c'),
  ])
  expect(together).toMatchObject([{ id: 'a7' }, { id: 'a8' }, 'a9', { clientId: 'c7' }, {}, { clientId: 'c' }])
  await accounts.changeAccess({ id: 'a7' as AccountId, blocked: true, loginsNotBefore: 1, events: [event] })
  expect(await accounts.updateClaims('a7' as AccountId, { from: 7, claims: {}, updatedAt: 8 })).toBe(true)
  expect(await accounts.customersOf('a7' as AccountId)).toHaveLength(1)
  await accounts.ownersOf([{ serviceLine: 'tv', customerId: '7' }])
  await accounts.contestedAmong([{ serviceLine: 'tv', customerId: '7' }])
  expect(await accounts.survey({ after: 'a5', limit: 100 })).toHaveLength(100)
  for (const id of ['a3', 'a18'] as AccountId[]) {
    expect(await accounts.erase({ id, erasedAt: 1, events: [event] })).toBe(true)
  }
  expect(await erasures.list({ after: 'e050000', limit: 100 })).toHaveLength(100)
  expect(await erasures.request('e7' as never, 7)).toBe(7)
  expect(await erasures.requested('e7' as never)).toBe(7)
  expect(await erasures.due({ now: 50, limit: 10 })).toHaveLength(10)
  expect(await erasures.withdraw('e7' as never)).toBe(true)

  await consents.give({ accountId: 'a8' as AccountId, clientId: 'c', scopes: ['phone'], at: 1 })
  await consents.find('a8' as AccountId, 'c')
  expect(await consents.list('a8' as AccountId)).toHaveLength(1)
  expect(await consents.withdraw('a8' as AccountId, 'c')).toBe(true)
}
