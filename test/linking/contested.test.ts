import { createLinkChanges } from '#src/accounts/link-changes.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { LOTTE, lotteIn, unclear } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

/** A record that people took from somebody: what is known of a person links it to nobody any more, a proof of it does. */
const CONTEXT = { clientId: 'app', attemptUid: 'attempt' }
const STAFF = { by: 'admin', reason: 'a synthetic complaint' }
const TV = { serviceLine: 'tv', customerId: 'L-tv' } as const
let linking: Linking
afterEach(() => linking.close())

const actsOf = () =>
  createLinkChanges({ ...linking.store, clock: linking.clock, newAccountId: () => 'new' as AccountId })

/** She is linked by matching; people take the record from her, and she begins anew. */
const takeAway = async () => {
  expect(await linking.resolveLink(verified(LOTTE), CONTEXT)).toMatchObject({ kind: 'linked' })
  const taken = await actsOf().request({ kind: 'unlink', record: TV }, STAFF)
  if (taken.kind !== 'done') throw new Error(taken.kind)
  return taken.change.id
}
const beginAnew = () => linking.store.accounts.erase({ id: 'account-1' as AccountId, erasedAt: 1, events: [] })
const recordsOf = async (accountId: string) =>
  (await linking.store.accounts.customersOf(accountId as AccountId)).map(customerKeyOf)

test('whoever erases the account and comes back is asked; the invoice of the very record links it', async () => {
  linking = await openLinking([lotteIn('tv')])
  await takeAway()
  await beginAnew()
  expect(await linking.resolveLink(verified(LOTTE), CONTEXT)).toMatchObject({ kind: 'unresolved' })
  expect((await linking.events()).at(-1)?.data).toMatchObject({ outcome: 'contested' })
  const answer = { customerId: TV.customerId, invoiceReference: 'INV-tv/001' }
  const proved = await linking.proveCustomer(verified(LOTTE), CONTEXT, answer)
  expect(proved).toMatchObject({ kind: 'proved' })
  expect(await recordsOf(proved.kind === 'proved' ? proved.accountId : '')).toEqual(['tv:L-tv'])
})

test('a new identity of the same person is asked, too', async () => {
  linking = await openLinking([lotteIn('tv')])
  await takeAway()
  expect(await linking.resolveLink(verified(LOTTE, 'made anew'), CONTEXT)).toMatchObject({ kind: 'unresolved' })
})

test('the proof of another record does not bring it', async () => {
  const tied = unclear('mobile', { emails: ['lotte.vdb@example.com'] })
  linking = await openLinking([lotteIn('tv'), tied])
  await takeAway()
  await beginAnew()
  const answer = { customerId: 'L-mobile', invoiceReference: 'INV-mobile/001' }
  const found = await linking.prove(verified(LOTTE), CONTEXT, answer)
  expect(found.kind === 'found' && found.records.map(customerKeyOf)).toEqual(['mobile:L-mobile'])
})

test('what is taken from somebody while the person chooses does not come with the proof of another record', async () => {
  let meanwhile = async (): Promise<void> => {}
  linking = await openLinking([lotteIn('tv'), lotteIn('mobile')], {
    open: async deps => {
      const store = await openSqliteStore(deps)
      const ownersOf: AccountsPort['ownersOf'] = async keys => {
        const owners = await store.accounts.ownersOf(keys)
        await meanwhile()
        return owners
      }
      return { ...store, accounts: { ...store.accounts, ownersOf } }
    },
  })
  const answer = { customerId: 'L-mobile', invoiceReference: 'INV-mobile/001' }
  const found = await linking.prove(verified(LOTTE), CONTEXT, answer)
  if (found.kind !== 'found') throw new Error(found.kind)
  expect(found.records.map(customerKeyOf)).toEqual(expect.arrayContaining(['mobile:L-mobile', 'tv:L-tv']))
  meanwhile = async () => {
    meanwhile = async () => {}
    const account = { id: 'other' as AccountId, createdAt: 1, updatedAt: 1, claims: {} }
    const customers = [{ ...TV, method: 'admin' as const, ruleVersion: '', evidence: null }]
    const identity = { issuer: 'https://idp.example', clientId: 'PIAS', subject: 'other' }
    await linking.store.accounts.open({ account, identity, customers, events: [] })
    expect(await actsOf().request({ kind: 'unlink', record: TV }, STAFF)).toMatchObject({ kind: 'done' })
  }
  const linked = await linking.linkRecords(verified(LOTTE), CONTEXT, found.proof, found.records)
  expect(linked).toMatchObject({ kind: 'linked' })
  expect(await recordsOf(linked.kind === 'linked' ? linked.accountId : '')).toEqual(['mobile:L-mobile'])
})

test('what was taken by mistake and given back is linked as before', async () => {
  linking = await openLinking([lotteIn('tv')])
  const change = await takeAway()
  expect(await actsOf().request({ kind: 'undo', change }, STAFF)).toMatchObject({ kind: 'done' })
  await beginAnew()
  expect(await linking.resolveLink(verified(LOTTE), CONTEXT)).toMatchObject({ kind: 'linked' })
})
