import type { AccountId } from '#src/kernel/identity.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import { readNewest } from './read-decisions.ts'

const PAGE = 200
/** The audit event of a decision that gave somebody an account; never one that was only recorded. */
const ACTED_TYPE = 'link.decided'

async function* idsOf(
  { accounts, audit }: RecentPeopleDeps,
  { from, most }: { readonly from: number; readonly most: number },
): AsyncGenerator<AccountId> {
  for await (const { accountId } of readNewest(audit, { type: ACTED_TYPE, from, most })) {
    if (accountId !== undefined) yield accountId as AccountId
  }
  for (let after = ''; ; ) {
    const page = await accounts.survey({ after, limit: PAGE })
    for (const { id } of page) yield id
    const last = page.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

export type RecentPeopleDeps = {
  readonly accounts: Pick<AccountsPort, 'survey' | 'find'>
  readonly audit: Pick<AuditPort, 'search'>
}

/**
 * People who have an account, each once: first those about whom was decided last, by the audit trail (not what was only
 * recorded for an app in `shadow`), then, where these are fewer, any others, in the order of their ids, which are random.
 * An account that was merged is the one it is part of.
 * @param query.from since when decisions count, epoch milliseconds
 * @throws PiasError `store.unavailable`
 */
export async function* readRecentPeople(
  deps: RecentPeopleDeps,
  query: { readonly from: number; readonly most: number },
): AsyncGenerator<Account> {
  const seen = new Set<AccountId>()
  for await (const id of idsOf(deps, query)) {
    if (seen.size >= query.most) return
    const account = seen.has(id) ? undefined : await findWhole(deps.accounts, id)
    if (account === undefined || seen.has(account.id)) continue
    seen.add(account.id)
    yield account
  }
}
