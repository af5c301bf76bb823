import type { AccountId } from '#src/kernel/identity.ts'
import type { Consent, ConsentsPort } from '#src/store/ports/consents.ts'
import type { Database } from './database.ts'

type Row = { account_id: AccountId; client_id: string; scopes: string; since: number }

const toConsent = (row: Row): Consent => ({
  accountId: row.account_id,
  clientId: row.client_id,
  scopes: JSON.parse(row.scopes) as string[],
  since: row.since,
})

/** Consents on SQLite; those of an account go with it (erasures.ts). */
export const createConsents = (db: Database): ConsentsPort => {
  const columns = 'account_id, client_id, scopes, since'
  const select = db.prepare<Row>(`SELECT ${columns} FROM consents WHERE account_id = ? AND client_id = ?`)
  const selectAll = db.prepare<Row>(`SELECT ${columns} FROM consents WHERE account_id = ? ORDER BY client_id`)
  const insert = db.prepare(`INSERT INTO consents (${columns}) VALUES (?, ?, ?, ?)`)
  const update = db.prepare('UPDATE consents SET scopes = ? WHERE account_id = ? AND client_id = ?')
  const remove = db.prepare('DELETE FROM consents WHERE account_id = ? AND client_id = ?')

  const textOf = (scopes: Iterable<string>): string => JSON.stringify([...new Set(scopes)].sort())

  return {
    find: async (accountId, clientId) => {
      const row = select.get(accountId, clientId)
      return row && toConsent(row)
    },

    give: async ({ accountId, clientId, scopes, at }) =>
      db.transaction(() => {
        const before = select.get(accountId, clientId)
        if (before === undefined) insert.run(accountId, clientId, textOf(scopes), at)
        else update.run(textOf([...toConsent(before).scopes, ...scopes]), accountId, clientId)
      }),

    list: async accountId => selectAll.all(accountId).map(toConsent),

    withdraw: async (accountId, clientId) => remove.run(accountId, clientId) === 1,
  }
}
