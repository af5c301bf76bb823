import { maskEvent, maskText } from '#src/audit/mask.ts'
import { type CustomerKey, customerKeyOf, SERVICE_LINES } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Account, AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import type { LinkChangesPort } from '#src/store/ports/link-changes.ts'

/**
 * By what somebody is looked for: a customer number of any service line, an account, or a login at an upstream, by its
 * subject there or by the reference that an account's view shows.
 */
export type AccountSearch = {
  readonly customerNumber?: string
  readonly account?: string
  readonly upstreamSubject?: string
}

/** An account as an admin sees it. Numbers and names are masked unless they were revealed for a reason. */
export type AccountView = {
  readonly id: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly blocked: boolean
  readonly loginsNotBefore?: number
  readonly mergedInto?: string
  readonly absorbed: readonly string[]
  readonly name?: string
  readonly identities: readonly { readonly issuer: string; readonly client: string; readonly reference: string }[]
  readonly records: readonly {
    readonly serviceLine: string
    readonly customerId: string
    readonly role?: string
    readonly method: string
    readonly ruleVersion: string
    readonly linkedAt: number
    /** The part of the account that has it, where it is not the account itself. */
    readonly part?: string
  }[]
  readonly consents: readonly { readonly client: string; readonly scopes: readonly string[]; readonly since: number }[]
}

/** One of the accounts that an act on links is about, as whoever decides on it sees it: masked. */
export type SideView = Pick<AccountView, 'id' | 'createdAt' | 'blocked' | 'mergedInto' | 'name' | 'records'> & {
  /** How many logins it has. */
  readonly logins: number
}

/** The first letters of a name. */
export const maskName = (name: string): string =>
  name
    .split(' ')
    .map(part => `${[...part][0] ?? ''}…`)
    .join(' ')

/**
 * Finds and tells accounts.
 * @param deps.upstreams issuer and client id of each, by which a person is known there
 */
export const createAccountOperations = (deps: {
  accounts: Pick<AccountsPort, 'find' | 'findByIdentity' | 'ownersOf' | 'customersOf'>
  linkChanges: Pick<LinkChangesPort, 'identitiesOf' | 'ownerOf'>
  consents: Pick<ConsentsPort, 'list'>
  audit: Pick<AuditPort, 'append' | 'search'>
  upstreams: readonly { readonly issuer: string; readonly clientId: string }[]
  clock: () => number
}) => {
  const { accounts, linkChanges, consents, audit, upstreams, clock } = deps

  const viewRecord = (link: StoredCustomerLink, reveal: boolean): AccountView['records'][number] => {
    const { serviceLine, customerId, role, method, ruleVersion, linkedAt } = link
    const shown = reveal ? customerId : maskText(customerId)
    return { serviceLine, customerId: shown, ...(role !== undefined && { role }), method, ruleVersion, linkedAt }
  }

  /** The accounts that are part of one, and the parts of these. */
  const partsOf = async ({ absorbed = [] }: Account): Promise<readonly AccountId[]> => {
    const parts = await Promise.all(absorbed.map(({ id }) => accounts.find(id)))
    const below = await Promise.all(parts.map(part => (part === undefined ? [] : partsOf(part))))
    return absorbed.flatMap(({ id }, index) => [id, ...(below[index] ?? [])])
  }

  /** A merge moves no record: the parts keep theirs, and whoever looks at the whole is to see them. */
  const recordsOf = async (account: Account, reveal: boolean): Promise<AccountView['records']> => {
    const parts = await partsOf(account)
    const [own = [], ...others] = await Promise.all([account.id, ...parts].map(accounts.customersOf))
    return [
      ...own.map(link => viewRecord(link, reveal)),
      ...others.flatMap((links, index) =>
        links.map(link => ({ ...viewRecord(link, reveal), part: `${parts[index]}` })),
      ),
    ]
  }

  const view = async (account: Account, reveal: boolean): Promise<AccountView> => {
    const { id, createdAt, updatedAt, blocked = false, loginsNotBefore, mergedInto, absorbed = [], claims } = account
    const [identities, records, given] = await Promise.all([
      linkChanges.identitiesOf(id),
      recordsOf(account, reveal),
      consents.list(id),
    ])
    return {
      id,
      createdAt,
      updatedAt,
      blocked,
      ...(loginsNotBefore !== undefined && { loginsNotBefore }),
      ...(mergedInto !== undefined && { mergedInto }),
      absorbed: absorbed.map(part => part.id),
      ...(claims.name !== undefined && { name: reveal ? claims.name : maskName(claims.name) }),
      identities: identities.map(({ issuer, clientId, subject }) => ({ issuer, client: clientId, reference: subject })),
      records,
      consents: given.map(({ clientId, scopes, since }) => ({ client: clientId, scopes, since })),
    }
  }

  const idsOf = async ({ customerNumber, account, upstreamSubject }: AccountSearch): Promise<readonly AccountId[]> => {
    if (account !== undefined) return [account as AccountId]
    if (customerNumber !== undefined) {
      const keys: CustomerKey[] = SERVICE_LINES.map(serviceLine => ({ serviceLine, customerId: customerNumber }))
      return [...new Set((await accounts.ownersOf(keys)).values())]
    }
    const subject = upstreamSubject ?? ''
    const bound = await Promise.all(
      upstreams.flatMap(upstream => {
        const key = { ...upstream, subject }
        return [accounts.findByIdentity(key), linkChanges.ownerOf(key)]
      }),
    )
    return [...new Set(bound.filter(id => id !== undefined))]
  }

  return {
    /** The accounts that fit, masked. */
    search: async (search: AccountSearch): Promise<readonly AccountView[]> => {
      const found = await Promise.all((await idsOf(search)).map(accounts.find))
      return Promise.all(found.flatMap(account => (account === undefined ? [] : [view(account, false)])))
    },

    show: async (id: string): Promise<AccountView | undefined> => {
      const account = await accounts.find(id as AccountId)
      return account && view(account, false)
    },

    /** Those of the accounts that there are, masked, with what tells them apart. */
    sides: async (ids: readonly AccountId[]): Promise<readonly SideView[]> => {
      const found = await Promise.all(ids.map(accounts.find))
      const views = await Promise.all(found.flatMap(account => (account === undefined ? [] : [view(account, false)])))
      return views.map(
        ({ identities, absorbed: _parts, consents: _given, updatedAt: _at, loginsNotBefore: _not, ...side }) => ({
          ...side,
          logins: identities.length,
        }),
      )
    },

    /** The same with name and numbers. The audit trail is told first, with the reason: of the parts, too, whose numbers are shown. */
    reveal: async (id: string, { by, reason }: { by: string; reason: string }): Promise<AccountView | undefined> => {
      const account = await accounts.find(id as AccountId)
      if (account === undefined) return undefined
      const shown = [id, ...(await partsOf(account))]
      const at = clock()
      await audit.append(shown.map(accountId => ({ at, type: 'account.revealed', accountId, data: { by, reason } })))
      return view(account, true)
    },

    /** What happened to an account, newest first, masked. */
    timeline: async (
      id: string,
      { limit, before }: { limit: number; before?: Pick<FoundAuditEvent, 'at' | 'sequence'> },
    ): Promise<readonly FoundAuditEvent[]> =>
      (await audit.search({ accountId: id, limit, ...(before !== undefined && { before }) })).map(maskEvent),

    /** Who has a record, if anybody. */
    ownerOf: async (record: CustomerKey): Promise<AccountId | undefined> =>
      (await accounts.ownersOf([record])).get(customerKeyOf(record)),
  }
}
