import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

/** Blocks accounts and ends their logins. */
export const prepareChangeAccess = (db: Database): AccountsPort['changeAccess'] => {
  const append = prepareAppend(db)
  const change = db.prepare(
    `UPDATE accounts SET
       blocked = coalesce(:blocked, blocked),
       logins_not_before = coalesce(max(logins_not_before, :notBefore), logins_not_before, :notBefore)
     WHERE id = :id`,
  )
  return async ({ id, blocked, loginsNotBefore, events }) =>
    db.transaction(() => {
      const values = { id, blocked: blocked === undefined ? null : Number(blocked), notBefore: loginsNotBefore ?? null }
      const existed = change.run(values) === 1
      if (existed) append(events)
      return existed
    })
}
