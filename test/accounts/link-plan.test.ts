import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLinkChanges, type LinkOutcome } from '#src/accounts/link-changes.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { isLoginValid } from '#src/provider/sessions/is-login-valid.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const root = mkdtempSync(join(tmpdir(), 'pias-plan-'))
afterAll(() => rmSync(root, { recursive: true }))

const record = { serviceLine: 'tv', customerId: '1' } as const
const author = { by: 'admin-1', reason: 'a synthetic reason' }

const identityOf = (subject: string) => ({ issuer: 'https://idp.example', clientId: 'PIAS', subject })
const [whole, part, top] = ['whole', 'part', 'top'] as AccountId[] as [AccountId, AccountId, AccountId]
let store: Store
let now = 1000
let meanwhile = async () => {}
afterEach(() => store.close())

/** Three accounts, of which one has the record, and the acts on them; `meanwhile` is done while an act is written. */
const start = async () => {
  store = await openSqliteStore({ dataDir: mkdtempSync(join(root, 'store-')), clock: () => now })
  meanwhile = async () => {}
  for (const id of [whole, part, top]) {
    await store.accounts.open({
      account: { id, createdAt: 1, updatedAt: 1, claims: {} },
      identity: identityOf(id),
      customers: id === part ? [{ ...record, method: 'match', ruleVersion: 'r', evidence: null }] : [],
      events: [],
    })
  }
  const apply: Store['linkChanges']['apply'] = async input => {
    await meanwhile()
    return store.linkChanges.apply(input)
  }
  const linkChanges = { ...store.linkChanges, apply }
  const changes = createLinkChanges({ ...store, linkChanges, clock: () => now, newAccountId: () => 'new' as AccountId })
  const merge = async (account: AccountId, into: AccountId): Promise<LinkOutcome> => {
    const asked = await changes.request({ kind: 'merge', account, into }, author)
    return asked.kind === 'proposed' ? changes.approve(asked.change.id, 'admin-2') : asked
  }
  return { changes, merge }
}
const doneOf = (outcome: LinkOutcome): string => (outcome.kind === 'done' ? outcome.change.id : outcome.kind)

test('what a part of an account loses ends the logins of the whole', async () => {
  const { changes, merge } = await start()
  const merged = await merge(part, whole)
  await merge(whole, top)
  expect(await changes.preview({ kind: 'unlink', record })).toMatchObject({ plan: { endLogins: [part, top] } })
  const undo = { kind: 'undo', change: doneOf(merged) } as const
  expect(await changes.preview(undo)).toMatchObject({ plan: { endLogins: [whole, top] } })
  await changes.request({ kind: 'unlink', record }, author)
  expect((await store.accounts.find(top))?.loginsNotBefore).toBeDefined()
})

test('a merge that was undone is merged again by two people, and not by undoing that', async () => {
  const { changes, merge } = await start()
  const merged = await merge(part, whole)
  const undone = await changes.request({ kind: 'undo', change: doneOf(merged) }, author)
  expect(undone.kind).toBe('done')
  const again = await changes.request({ kind: 'undo', change: doneOf(undone) }, author)
  expect(again).toEqual({ kind: 'refused', refusal: 'takes-two' })
  expect((await store.accounts.find(part))?.mergedInto).toBeUndefined()
  expect((await merge(part, whole)).kind).toBe('done')
})

test('nobody gives himself anything, nor approves it', async () => {
  const { changes, merge } = await start()
  const refused = { kind: 'refused', refusal: 'own-account' }
  const unlink = { kind: 'unlink', record } as const
  expect(await changes.request(unlink, { ...author, by: part })).toEqual(refused)
  await changes.request(unlink, author)
  const link = { kind: 'link', account: whole, record } as const
  expect(await changes.request(link, { ...author, by: whole })).toEqual(refused)
  await changes.request({ ...link, account: part }, author)
  const asked = await changes.request({ kind: 'merge', account: part, into: whole }, author)
  if (asked.kind !== 'proposed') throw new Error('a merge is proposed')
  for (const by of [part, whole]) expect(await changes.approve(asked.change.id, by)).toEqual(refused)
  // Nor by a part of the own account.
  await merge(part, whole)
  expect(await changes.request(unlink, { ...author, by: whole })).toEqual(refused)
  expect(await changes.request(unlink, { ...author, by: top })).toMatchObject({ kind: 'done' })
})

test('whoever is let in while an identity is taken away is out with it', async () => {
  const { changes } = await start()
  let letIn = 0
  meanwhile = async () => {
    letIn = now += 10
    expect(await store.accounts.findByIdentity(identityOf(whole))).toBe(whole)
    now += 10
  }
  const [retire] = await store.linkChanges.identitiesOf(whole)
  if (retire === undefined) throw new Error('the account has an identity')
  const rebind = { kind: 'rebind', account: whole, retire, identity: identityOf('new') } as const
  expect((await changes.request(rebind, author)).kind).toBe('done')
  const account = await store.accounts.find(whole)
  expect(account && (await isLoginValid(account, () => letIn))).toBe(false)
  expect(account && (await isLoginValid(account, () => now))).toBe(true)
})
