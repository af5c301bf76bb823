import { type CustomerKey, customerKeyOf, type Role, type ServiceLine } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId, IdentityClaims, IdentityKey } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type {
  Account,
  AccountSummary,
  AccountsPort,
  CustomerLink,
  StoredAccount,
  StoredCustomerLink,
} from '#src/store/ports/accounts.ts'
import { prepareChangeAccess } from './access.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'
import { prepareErase } from './erasures.ts'

type AccountRow = {
  id: AccountId
  created_at: number
  updated_at: number
  claims: string
  data_key: string | null
  subjects: string | null
  blocked: number
  logins_not_before: number | null
  merged_into: AccountId | null
  absorbed: string
}
type OwnerRow = { account_id: AccountId }
type LinkRow = {
  service_line: ServiceLine
  customer_id: string
  role: Role | null
  method: CustomerLink['method']
  rule_version: string
  evidence: string
  linked_at: number
}

const toAccount = (row: AccountRow): StoredAccount => ({
  id: row.id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  claims: JSON.parse(row.claims) as IdentityClaims,
  ...(row.data_key !== null && { dataKey: row.data_key }),
  ...(row.subjects !== null && { subjects: JSON.parse(row.subjects) as Record<string, string> }),
  ...(row.blocked === 1 && { blocked: true }),
  ...(row.logins_not_before !== null && { loginsNotBefore: row.logins_not_before }),
  ...(row.merged_into !== null && { mergedInto: row.merged_into }),
  ...(row.absorbed !== '[]' && { absorbed: JSON.parse(row.absorbed) as NonNullable<Account['absorbed']> }),
})

const toLink = (row: LinkRow): StoredCustomerLink => ({
  serviceLine: row.service_line,
  customerId: row.customer_id,
  ...(row.role !== null && { role: row.role }),
  method: row.method,
  ruleVersion: row.rule_version,
  evidence: JSON.parse(row.evidence) as Json,
  linkedAt: row.linked_at,
})

const refuseDuplicates = (customers: readonly CustomerKey[]): void => {
  if (new Set(customers.map(customerKeyOf)).size === customers.length) return
  throw new PiasError('server.failed', 'a customer record is named twice for one account')
}

/** Inserts what accounts consist of, within the caller's transaction; a link counts from `linkedAt`. */
export const prepareInserts = (db: Database) => {
  const account = db.prepare(
    'INSERT INTO accounts (id, created_at, updated_at, claims, data_key, subjects) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const identity = db.prepare('INSERT INTO identities (issuer, client_id, subject, account_id) VALUES (?, ?, ?, ?)')
  const link = db.prepare(
    `INSERT INTO customer_links
     (service_line, customer_id, account_id, role, method, rule_version, evidence, linked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return {
    account: ({ id, createdAt, updatedAt, claims, subjects }: Account, dataKey: string | undefined) =>
      account.run(
        id,
        createdAt,
        updatedAt,
        JSON.stringify(claims),
        dataKey ?? null,
        subjects === undefined ? null : JSON.stringify(subjects),
      ),
    identity: (key: IdentityKey, id: AccountId) => identity.run(key.issuer, key.clientId, key.subject, id),
    link: (customer: CustomerLink, id: AccountId, linkedAt: number) => {
      const { serviceLine, customerId, role, method, ruleVersion, evidence } = customer
      link.run(serviceLine, customerId, id, role ?? null, method, ruleVersion, JSON.stringify(evidence), linkedAt)
    },
  }
}

/** Accounts, identities and links on SQLite. A link counts from the creation of the account it is opened with. */
export const createAccounts = (db: Database): AccountsPort => {
  const insert = prepareInserts(db)
  const append = prepareAppend(db)
  const select = db.prepare<AccountRow>(
    `SELECT *, (SELECT json_group_array(json_object('id', id, 'apps', json(merged_apps)) ORDER BY id)
       FROM accounts AS merged WHERE merged.merged_into = accounts.id) AS absorbed
     FROM accounts WHERE id = ?`,
  )
  const selectByIdentity = db.prepare<OwnerRow>(
    'SELECT account_id FROM identities WHERE issuer = ? AND client_id = ? AND subject = ?',
  )
  const selectOwner = db.prepare<OwnerRow>(
    'SELECT account_id FROM customer_links WHERE service_line = ? AND customer_id = ?',
  )
  const contested = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM contested_records WHERE service_line = ? AND customer_id = ?',
  )
  const selectLinks = db.prepare<LinkRow>(
    `SELECT service_line, customer_id, role, method, rule_version, evidence, linked_at
     FROM customer_links WHERE account_id = ? ORDER BY service_line, customer_id`,
  )
  const survey = db.prepare<AccountSummary>(
    `SELECT id,
       (SELECT count(*) FROM identities WHERE account_id = accounts.id) AS identities,
       (SELECT count(*) FROM customer_links WHERE account_id = accounts.id) AS links,
       (SELECT count(*) FROM credentials WHERE account_id = accounts.id) AS credentials
     FROM accounts WHERE id > ? ORDER BY id LIMIT ?`,
  )
  const totals = db.prepare<{ identities: number; links: number }>(
    `SELECT (SELECT count(*) FROM identities) AS identities, (SELECT count(*) FROM customer_links) AS links`,
  )
  const update = db.prepare('UPDATE accounts SET claims = ?, updated_at = ? WHERE id = ? AND updated_at = ?')

  const find = (id: AccountId): StoredAccount | undefined => {
    const row = select.get(id)
    return row && toAccount(row)
  }
  const isContested = (key: CustomerKey) => contested.get(key.serviceLine, key.customerId) !== undefined
  const accountOf = (key: IdentityKey) => selectByIdentity.get(key.issuer, key.clientId, key.subject)?.account_id
  const ownerOf = (key: CustomerKey) => selectOwner.get(key.serviceLine, key.customerId)?.account_id

  return {
    find: async id => find(id),

    findByIdentity: async key => accountOf(key),

    findWithIdentity: async key => {
      const id = accountOf(key)
      return id && find(id)
    },

    open: async ({ account, identity, customers, events, dataKey }) => {
      refuseDuplicates(customers)
      return db.transaction(() => {
        const already = accountOf(identity)
        if (already !== undefined) return { kind: 'already', accountId: already }
        const owned = customers.filter(customer => ownerOf(customer) !== undefined)
        if (owned.length > 0) {
          const keys = owned.map(({ serviceLine, customerId }) => ({ serviceLine, customerId }))
          return { kind: 'owned-elsewhere', customers: keys }
        }
        if (customers.some(link => link.method === 'match' && isContested(link))) return { kind: 'contested' }
        insert.account(account, dataKey)
        insert.identity(identity, account.id)
        for (const customer of customers) insert.link(customer, account.id, account.createdAt)
        append(events)
        return { kind: 'bound', accountId: account.id }
      })
    },

    updateClaims: async (id, { from, claims, updatedAt }) =>
      update.run(JSON.stringify(claims), updatedAt, id, from) === 1,

    customersOf: async id => selectLinks.all(id).map(toLink),

    ownersOf: async keys => {
      const owners = new Map<string, AccountId>()
      for (const key of keys) {
        const owner = ownerOf(key)
        if (owner !== undefined) owners.set(customerKeyOf(key), owner)
      }
      return owners
    },

    contestedAmong: async keys => new Set(keys.filter(isContested).map(customerKeyOf)),

    changeAccess: prepareChangeAccess(db),

    erase: prepareErase(db),

    survey: async ({ after, limit }) => survey.all(after, limit).map(row => ({ ...row })),

    totals: async () => ({ identities: 0, links: 0, ...totals.get() }),
  }
}
