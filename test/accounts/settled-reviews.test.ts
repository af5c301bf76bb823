import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLinkChanges } from '#src/accounts/link-changes.ts'
import type { LinkRequest } from '#src/accounts/link-plan.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { ReviewMatter } from '#src/store/ports/reviews.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { addSecondLogin } from '#test/support/add-second-login.ts'

const dir = mkdtempSync(join(tmpdir(), 'pias-settled-'))
afterAll(() => rmSync(dir, { recursive: true }))

const record = { serviceLine: 'tv', customerId: '1' } as const
const author = { by: 'admin-1', reason: 'a synthetic reason' }
const [A, B] = ['a', 'b'] as AccountId[] as [AccountId, AccountId]
const CONFLICT: ReviewMatter = { kind: 'owner-conflict', accountId: A, customer: record }
const REBIND: ReviewMatter = { kind: 'rebind', accountId: A }

const openWorld = async () => {
  const store = await openSqliteStore({ dataDir: mkdtempSync(join(dir, 'store-')), clock: Date.now })
  const changes = createLinkChanges({ ...store, clock: Date.now, newAccountId: () => 'new' as AccountId })
  for (const id of [A, B]) {
    await store.accounts.open({
      account: { id, createdAt: 1, updatedAt: 1, claims: {} },
      identity: { issuer: 'https://idp.example', clientId: 'PIAS', subject: id },
      customers: id === A ? [{ ...record, method: 'match', ruleVersion: 'r', evidence: null }] : [],
      events: [],
    })
  }
  for (const matter of [CONFLICT, REBIND]) await store.reviews.raise({ matter, raisedAt: 1, data: {}, events: [] })
  const [first] = (await store.linkChanges.identitiesOf(A)) as [IdentityKey]
  await addSecondLogin(store, A)
  return { store, changes, first }
}

type Case = [string, (first: IdentityKey) => LinkRequest, ReviewMatter['kind'][]]
const CASES: readonly Case[] = [
  ['unlinking the record', () => ({ kind: 'unlink', record }), ['rebind']],
  ['splitting it off', first => ({ kind: 'split', account: A, identities: [first], records: [record] }), []],
  [
    'splitting the login off alone',
    first => ({ kind: 'split', account: A, identities: [first], records: [] }),
    ['owner-conflict'],
  ],
  [
    'another identity',
    first => ({ kind: 'rebind', account: A, retire: first, identity: { ...first, subject: 'new' } }),
    ['owner-conflict'],
  ],
  // Whoever wants the record may be somebody else still.
  [
    'merging its account, which moves no record',
    () => ({ kind: 'merge', account: A, into: B }),
    ['owner-conflict', 'rebind'],
  ],
]

test.each(CASES)('%s closes the reviews that it answers, and no other', async (_what, requestOf, open) => {
  const { store, changes, first } = await openWorld()
  const outcome = await changes.request(requestOf(first), author)
  if (outcome.kind === 'proposed') await changes.approve(outcome.change.id, 'admin-2')
  expect((await store.reviews.list({ limit: 10 })).map(({ kind }) => kind).sort()).toEqual(open)
  const told = (await store.audit.list({ after: 0, limit: 100 })).filter(({ type }) => type === 'review.closed')
  expect(told).toHaveLength(2 - open.length)
  for (const { data } of told) expect(data).toMatchObject({ by: 'admin-1', outcome: 'changed' })
  await store.close()
})
