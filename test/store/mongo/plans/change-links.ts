import type { AccountId } from '#src/kernel/identity.ts'
import type { MongoStore } from '#src/store/mongo/open.ts'
import type { StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { LinkChange } from '#src/store/ports/link-changes.ts'

/** Changes links in each of their ways, on what `seed` made. */
export const changeLinks = async ({ accounts, linkChanges }: MongoStore): Promise<void> => {
  const event = { at: 1, type: 't', accountId: 'a7', data: {} }
  const [bound] = await linkChanges.identitiesOf('a11' as AccountId)
  expect(bound).toEqual(await linkChanges.referTo({ issuer: 'i', clientId: 'c', subject: 's11' }))
  expect(await linkChanges.ownerOf({ issuer: 'i', clientId: 'c', subject: 's11' })).toBe('a11')
  const record = { serviceLine: 'tv', customerId: '11' } as const
  const [moved] = await accounts.customersOf('a11' as AccountId)
  const change = {
    id: 'new',
    kind: 'split',
    state: 'done',
    at: 1,
    by: 'b',
    reason: 'r',
    moves: [
      { thing: 'record', record, link: moved as StoredCustomerLink, from: 'a11', to: 'new-a' },
      { thing: 'identity', identity: { issuer: 'i', clientId: 'c', subject: 's11' }, from: 'a11', to: 'new-a' },
      { thing: 'account', account: 'a12', apps: [], to: 'a13' },
    ],
  } as unknown as LinkChange
  const opened = { id: 'new-a' as AccountId, createdAt: 1, updatedAt: 1, claims: {} }
  const input = { change, opens: [{ account: opened, dataKey: 'w' }], endLogins: ['a11' as AccountId], events: [event] }
  expect(await linkChanges.apply(input)).toBe('done')
  const undone = {
    ...change,
    id: 'undo',
    kind: 'undo',
    undoes: 'new',
    moves: [
      { thing: 'record', record, link: moved as StoredCustomerLink, from: 'new-a', to: 'a11' },
      { thing: 'account', account: 'a12', apps: [], from: 'a13' },
    ],
  } as unknown as LinkChange
  expect(await linkChanges.apply({ change: undone, opens: [], endLogins: [], events: [event] })).toBe('done')
  const other = { serviceLine: 'tv', customerId: '16' } as const
  const taken = {
    ...change,
    id: 'taken',
    kind: 'unlink',
    moves: [{ thing: 'record', record: other, from: 'a16' }],
  } as unknown as LinkChange
  const settles = [
    { matter: { kind: 'record-changed', accountId: 'a16' as AccountId, customer: other }, event },
  ] as const
  expect(await linkChanges.apply({ change: taken, opens: [], endLogins: [], settles, events: [event] })).toBe('done')
  const given = {
    ...change,
    id: 'given',
    kind: 'link',
    moves: [{ thing: 'record', record: other, link: { ...moved, ...other, method: 'match' }, to: 'a17' }],
  } as unknown as LinkChange
  // It was just taken from somebody.
  expect(await linkChanges.apply({ change: given, opens: [], endLogins: [], events: [event] })).toBe('stale')
  await linkChanges.propose({ ...change, id: 'newer', state: 'proposed' }, [event])
  expect(await linkChanges.withdraw({ id: 'newer', by: 'b', at: 1, events: [event] })).toBe(true)
  expect(await linkChanges.find('l7')).toBeDefined()
  expect(await linkChanges.list({ of: { accountId: 'a14' as AccountId }, limit: 10 })).toHaveLength(1)
  expect(await linkChanges.list({ of: 'proposed', before: { at: 50_000, id: 'l' }, limit: 10 })).toHaveLength(10)
}
