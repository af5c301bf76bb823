import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountImport, CredentialsPort, StoredCredential } from '#src/store/ports/credentials.ts'
import { prepareInserts } from './accounts.ts'
import { prepareAppend } from './audit.ts'
import { prepareBind } from './bind.ts'
import type { Database } from './database.ts'

type Row = {
  account_id: AccountId
  legacy_id: string
  username: string | null
  document: string
  digest: string
  retires_at: number | null
}
type Count = { credentials: number; subjects: number }

/** What a name is good for; of each app its own. */
const LEGACY_ID = 'legacy'
const USERNAME = 'username'
const subjectAt = (clientId: string): string => `sub:${clientId}`

const toCredential = (row: Row): StoredCredential => ({
  accountId: row.account_id,
  legacyId: row.legacy_id,
  ...(row.username !== null && { username: row.username }),
  document: row.document,
  digest: row.digest,
  ...(row.retires_at !== null && { retiresAt: row.retires_at }),
})

/** Thrown out of a transaction to undo it where something is taken. */
const TAKEN = Symbol('taken')

const unlessTaken = <Result>(work: () => Result): Result | 'taken' => {
  try {
    return work()
  } catch (error) {
    if (error === TAKEN) return 'taken'
    throw error
  }
}

const prepareTaking = (db: Database) => {
  const insert = db.prepare('INSERT INTO names (scope, name, account_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const remove = db.prepare("DELETE FROM names WHERE scope = 'username' AND account_id = ?")
  return {
    take: (scope: string, name: string, id: AccountId): void => {
      if (insert.run(scope, name, id) === 0) throw TAKEN
    },
    dropUsername: (id: AccountId) => remove.run(id),
  }
}

const prepareImport = (db: Database) => {
  const insert = prepareInserts(db)
  const append = prepareAppend(db)
  const { take } = prepareTaking(db)
  const credential = db.prepare(
    'INSERT INTO credentials (account_id, legacy_id, username, document, digest, retires_at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const identity = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM identities WHERE issuer = ? AND client_id = ? AND subject = ?',
  )
  const owner = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM customer_links WHERE service_line = ? AND customer_id = ?',
  )
  const free = (found: unknown): void => {
    if (found !== undefined) throw TAKEN
  }

  return ({ account, subjects, credential: login, identity: key, customers, events, dataKey }: AccountImport): void => {
    const { id } = account
    insert.account(account, dataKey)
    take(LEGACY_ID, login.legacyId, id)
    if (login.username !== undefined) take(USERNAME, login.username, id)
    for (const { clientId, subject } of subjects) take(subjectAt(clientId), subject, id)
    const { legacyId, username = null, document, digest, retiresAt = null } = login
    credential.run(id, legacyId, username, document, digest, retiresAt)
    if (key !== undefined) {
      free(identity.get(key.issuer, key.clientId, key.subject))
      insert.identity(key, id)
    }
    for (const customer of customers) {
      free(owner.get(customer.serviceLine, customer.customerId))
      insert.link(customer, id, account.createdAt)
    }
    append(events)
  }
}

/** Accounts from before the upstream on SQLite; what is theirs goes with them (erasures.ts). */
export const createCredentials = (db: Database): CredentialsPort => {
  const importOne = prepareImport(db)
  const append = prepareAppend(db)
  const { take, dropUsername } = prepareTaking(db)
  const select = db.prepare<Row>('SELECT * FROM credentials WHERE account_id = ?')
  const byName = db.prepare<Row>(
    `SELECT credentials.* FROM names JOIN credentials USING (account_id) WHERE names.scope = ? AND names.name = ?`,
  )
  const taken = db.prepare<{ found: number }>('SELECT 1 AS found FROM names WHERE scope = ? AND name = ?')
  const update = db.prepare('UPDATE credentials SET username = ?, document = ? WHERE account_id = ?')
  const retire = db.prepare(
    'UPDATE credentials SET retires_at = coalesce(min(retires_at, :at), :at) WHERE account_id = :id',
  )
  const totals = db.prepare<Count>(
    `SELECT (SELECT count(*) FROM credentials) AS credentials,
       (SELECT count(*) FROM names WHERE scope LIKE 'sub:%') AS subjects`,
  )
  const found = (row: Row | undefined) => row && toCredential(row)

  return {
    importMany: async accounts =>
      unlessTaken(() =>
        db.transaction(() => {
          for (const one of accounts) importOne(one)
          return 'imported' as const
        }),
      ),

    find: async accountId => found(select.get(accountId)),
    findByUsername: async username => found(byName.get(USERNAME, username)),
    findByLegacyIds: async legacyIds => {
      const rows = legacyIds.flatMap(id => byName.get(LEGACY_ID, id) ?? [])
      return new Map(rows.map(row => [row.legacy_id, toCredential(row)]))
    },
    isSubjectTaken: async ({ clientId, subject }) => taken.get(subjectAt(clientId), subject) !== undefined,

    replace: async ({ accountId, username, document }, events) =>
      unlessTaken(() =>
        db.transaction(() => {
          if (select.get(accountId) === undefined) return 'gone'
          dropUsername(accountId)
          if (username !== undefined) take(USERNAME, username, accountId)
          update.run(username ?? null, document, accountId)
          append(events)
          return 'replaced'
        }),
      ),

    bind: prepareBind(db),

    retire: async ({ accountId, retiresAt, events }) =>
      db.transaction(() => {
        if (retire.run({ at: retiresAt, id: accountId }) === 0) return false
        append(events)
        return true
      }),

    totals: async () => ({ credentials: 0, subjects: 0, ...totals.get() }),
  }
}
