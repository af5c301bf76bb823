import type { AccountId } from '#src/kernel/identity.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'

/**
 * What apps are told of (docs/how-to-be-told-of-links.md). `records-changed`: userinfo tells other `customer_accounts`.
 * `merged`: the person has another `sub` from now on, that of `other`. `unmerged`: it is back, apart from `other`.
 * `split`: logins of the account belong to somebody else from now on.
 */
export type AppEvent = {
  readonly type: 'records-changed' | 'merged' | 'unmerged' | 'split'
  /** The account by whose `sub` the app is told. */
  readonly accountId: AccountId
  /** The account it was merged into, or separated from. */
  readonly other?: AccountId
  /** Of a merge: the apps that go on to know the person by the `sub` of the merged account. */
  readonly keepers?: readonly string[]
  /** The act on links, which all events of it have in common. */
  readonly change: string
}

type Told = {
  readonly change?: string
  readonly kind?: string
  readonly into?: AccountId
  readonly from?: AccountId
  readonly apps?: readonly string[]
}

/** What an entry of the audit trail means to apps; undefined for nothing, as for links that came with the account itself. */
export const appEventOf = ({ type, accountId, data }: AuditEvent): AppEvent | undefined => {
  const { change, kind, into, from, apps = [] } = (data ?? {}) as Told
  if (accountId === undefined || change === undefined) return undefined
  const about = { accountId: accountId as AccountId, change }
  switch (type) {
    case 'link.created':
    case 'link.removed':
      return { type: 'records-changed', ...about }
    case 'account.merged':
      return { type: 'merged', ...about, keepers: apps, ...(into !== undefined && { other: into }) }
    case 'account.unmerged':
      return { type: 'unmerged', ...about, ...(from !== undefined && { other: from }) }
    case 'identity.removed':
      // Of a rebind the same person has another login; everything else gives the login to somebody else.
      return kind === 'rebind' ? undefined : { type: 'split', ...about }
    default:
      return undefined
  }
}
