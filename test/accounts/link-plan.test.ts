import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLinkChanges, type LinkOutcome } from '#src/accounts/link-changes.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const dir = mkdtempSync(join(tmpdir(), 'pias-plan-'))
afterAll(() => rmSync(dir, { recursive: true }))

const record = { serviceLine: 'tv', customerId: '1' } as const
const author = { by: 'admin-1', reason: 'a synthetic reason' }

test('what a part of an account loses ends the logins of the whole', async () => {
  const store = await openSqliteStore({ dataDir: dir, clock: Date.now })
  const changes = createLinkChanges({ ...store, clock: Date.now, newAccountId: () => 'new' as AccountId })
  const [whole, part, top] = ['whole', 'part', 'top'] as AccountId[] as [AccountId, AccountId, AccountId]
  for (const id of [whole, part, top]) {
    await store.accounts.open({
      account: { id, createdAt: 1, updatedAt: 1, claims: {} },
      identity: { issuer: 'https://idp.example', clientId: 'PIAS', subject: id },
      customers: id === part ? [{ ...record, method: 'match', ruleVersion: 'r', evidence: null }] : [],
      events: [],
    })
  }
  const merge = async (account: AccountId, into: AccountId): Promise<LinkOutcome> => {
    const asked = await changes.request({ kind: 'merge', account, into }, author)
    return asked.kind === 'proposed' ? changes.approve(asked.change.id, 'admin-2') : asked
  }
  const merged = await merge(part, whole)
  await merge(whole, top)
  expect(await changes.preview({ kind: 'unlink', record })).toMatchObject({ plan: { endLogins: [part, top] } })
  if (merged.kind !== 'done') throw new Error('it is merged')
  const undo = { kind: 'undo', change: merged.change.id } as const
  expect(await changes.preview(undo)).toMatchObject({ plan: { endLogins: [whole, top] } })
  await changes.request({ kind: 'unlink', record }, author)
  expect((await store.accounts.find(top))?.loginsNotBefore).toBeDefined()
  await store.close()
})
