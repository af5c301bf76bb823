import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { BindOutcome, CredentialsPort } from '#src/store/ports/credentials.ts'
import { prepareInserts } from './accounts.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

type Binding = Parameters<CredentialsPort['bind']>[0]
type Owner = { account_id: AccountId }

/** What stands in the way of a binding, and which of its records are not the account's yet. */
const prepareObstacles = (db: Database) => {
  const active = db.prepare<{ found: number }>(
    `SELECT 1 AS found FROM credentials JOIN accounts ON accounts.id = account_id
     WHERE account_id = :accountId AND (retires_at IS NULL OR retires_at > :at)
       AND blocked = 0 AND merged_into IS NULL AND (logins_not_before IS NULL OR logins_not_before <= :enteredAt)`,
  )
  const identityOwner = db.prepare<Owner>(
    'SELECT account_id FROM identities WHERE issuer = ? AND client_id = ? AND subject = ?',
  )
  const identityOf = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM identities WHERE account_id = ? AND issuer = ? AND client_id = ?',
  )
  const recordOwner = db.prepare<Owner>(
    'SELECT account_id FROM customer_links WHERE service_line = ? AND customer_id = ?',
  )
  const ownerOf = ({ issuer, clientId, subject }: IdentityKey) => identityOwner.get(issuer, clientId, subject)

  return (binding: Binding): { obstacle: BindOutcome } | Pick<Binding, 'customers'> => {
    const { accountId, identity, customers, at, enteredAt } = binding
    const owner = ownerOf(identity)
    if (owner !== undefined) return { obstacle: { kind: 'identity-owned', accountId: owner.account_id } }
    if (active.get({ accountId, at, enteredAt }) === undefined) return { obstacle: { kind: 'gone' } }
    if (identityOf.get(accountId, identity.issuer, identity.clientId) !== undefined)
      return { obstacle: { kind: 'account-bound' } }
    const owners = customers.map(one => recordOwner.get(one.serviceLine, one.customerId)?.account_id)
    if (owners.some(one => one !== undefined && one !== accountId)) return { obstacle: { kind: 'customer-owned' } }
    return { customers: customers.filter((_, index) => owners[index] === undefined) }
  }
}

/** Binds identities to accounts from before, each in one transaction. */
export const prepareBind = (db: Database): CredentialsPort['bind'] => {
  const insert = prepareInserts(db)
  const append = prepareAppend(db)
  const obstacleOf = prepareObstacles(db)
  const change = db.prepare(
    `UPDATE accounts SET claims = :claims, updated_at = :updatedAt,
       logins_not_before = coalesce(max(logins_not_before, :at), :at) WHERE id = :id AND updated_at = :from`,
  )
  const retire = db.prepare(
    'UPDATE credentials SET retires_at = coalesce(min(retires_at, :at), :at) WHERE account_id = :id',
  )

  return async binding =>
    db.transaction(() => {
      const found = obstacleOf(binding)
      if ('obstacle' in found) return found.obstacle
      const { accountId: id, identity, claims, at, retiresAt, events } = binding
      if (change.run({ ...claims, claims: JSON.stringify(claims.claims), at, id }) === 0) return { kind: 'stale' }
      insert.identity(identity, id)
      for (const customer of found.customers) insert.link(customer, id, at)
      retire.run({ at: retiresAt, id })
      append(events)
      return { kind: 'bound' }
    })
}
