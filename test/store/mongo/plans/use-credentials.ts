import type { AccountId } from '#src/kernel/identity.ts'
import type { MongoStore } from '#src/store/mongo/open.ts'

/** Uses old logins and passkeys in each of their ways, on what `seed` made. */
export const useCredentials = async ({ credentials, passkeys }: MongoStore): Promise<void> => {
  const accountId = 'a21' as AccountId
  const event = { at: 1, type: 't', accountId, data: {} }
  const credential = { legacyId: 'new', username: 'new', document: 'd', digest: 'd' }
  const account = { id: 'imported' as AccountId, createdAt: 1, updatedAt: 1, claims: {}, subjects: { c: 'new' } }
  const subjects = [{ clientId: 'c', subject: 'new' }]
  const imported = { account, subjects, credential, customers: [], events: [event] }
  expect(await credentials.importMany([imported])).toBe('imported')
  expect(await credentials.importMany([imported])).toBe('taken')
  expect(await credentials.find(accountId)).toMatchObject({ legacyId: 'l21' })
  expect(await credentials.findByUsername('n22')).toMatchObject({ accountId: 'a22' })
  expect((await credentials.findByLegacyIds(['n21', 'n24'])).size).toBe(2)
  expect(await credentials.isSubjectTaken({ clientId: 'c', subject: 'n23' })).toBe(true)
  expect(await credentials.replace({ accountId, ...credential, username: 'newer' }, [event])).toBe('replaced')
  const identity = { issuer: 'i', clientId: 'd', subject: 'new' }
  const customers = [{ serviceLine: 'tv', customerId: '21', method: 'import', ruleVersion: '1', evidence: {} }] as const
  const binding = {
    accountId,
    identity,
    claims: { from: 21, claims: {}, updatedAt: 22 },
    customers,
    at: 1,
    enteredAt: 1,
    retiresAt: 2,
    events: [event],
  }
  expect(await credentials.bind(binding)).toEqual({ kind: 'bound' })
  expect(await credentials.bind({ ...binding, identity: { ...identity, subject: 'x' } })).toEqual({
    kind: 'account-bound',
  })
  expect(await credentials.retire({ accountId, retiresAt: 1, events: [event] })).toBe(true)

  const passkey = { id: 'new', accountId, document: 'd', counter: 0, createdAt: 1 }
  expect(await passkeys.add(passkey, { most: 1, loggedInAt: 1 }, [event])).toBe('added')
  expect(await passkeys.add({ ...passkey, id: 'newer' }, { most: 1, loggedInAt: 1 }, [event])).toBe('full')
  await passkeys.find('p7')
  expect(await passkeys.list('a7' as AccountId)).toHaveLength(1)
  expect(await passkeys.use({ id: 'p7', from: 0, to: 1, at: 1 })).toBe(true)
  expect(await passkeys.remove({ accountId, id: 'new', events: [event] })).toBe(true)
}
