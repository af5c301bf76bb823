import type { AccountId } from '#src/kernel/identity.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'
import type { Database } from './database.ts'

type Row = {
  sid: string
  session_uid: string
  client_id: string
  account_id: AccountId
  subject_of: AccountId | null
  released: number
  tries: number
}

/** The outbox of back-channel logouts on SQLite. */
export const createLogouts = (db: Database): LogoutsPort => {
  const watch = db.prepare(
    `INSERT INTO logouts (sid, session_uid, client_id, account_id, subject_of, due_at)
     VALUES (:sid, :sessionUid, :clientId, :accountId, :subjectOf, :dueAt)
     ON CONFLICT (sid) DO UPDATE SET due_at = :dueAt, tries = 0 WHERE released = 0`,
  )
  const releaseWhere = (condition: string) =>
    db.prepare(`UPDATE logouts SET released = 1, due_at = ?, tries = 0 WHERE released = 0 AND ${condition}`)
  const releaseAccount = releaseWhere('account_id = ?')
  const releaseSession = releaseWhere('session_uid = ?')
  const releaseApp = releaseWhere('session_uid = ? AND client_id = ?')
  // Looked at before it is written, so that an empty outbox costs no write.
  const anyDue = db.prepare<{ found: number }>('SELECT 1 AS found FROM logouts WHERE due_at <= ? LIMIT 1')
  const take = db.prepare<Row>(
    `UPDATE logouts SET due_at = :until, tries = tries + 1
     WHERE sid IN (SELECT sid FROM logouts WHERE due_at <= :now ORDER BY due_at LIMIT :limit)
     RETURNING sid, session_uid, client_id, account_id, subject_of, released, tries`,
  )
  const postpone = db.prepare('UPDATE logouts SET due_at = ? WHERE sid = ?')
  const settle = db.prepare('DELETE FROM logouts WHERE sid = ?')

  return {
    watch: async ({ sid, sessionUid, clientId, accountId, subjectOf }, dueAt) => {
      watch.run({ sid, sessionUid, clientId, accountId, subjectOf: subjectOf ?? null, dueAt })
    },

    release: async (of, now) => {
      if ('accountId' in of) return releaseAccount.run(now, of.accountId)
      const { sessionUid, clientId } = of
      return clientId === undefined ? releaseSession.run(now, sessionUid) : releaseApp.run(now, sessionUid, clientId)
    },

    takeDue: async ({ now, leaseMs, limit }) => {
      if (anyDue.get(now) === undefined) return []
      return take.all({ now, until: now + leaseMs, limit }).map(row => ({
        sid: row.sid,
        sessionUid: row.session_uid,
        clientId: row.client_id,
        accountId: row.account_id,
        ...(row.subject_of !== null && { subjectOf: row.subject_of }),
        released: row.released === 1,
        tries: row.tries,
      }))
    },

    postpone: async (sid, dueAt) => {
      postpone.run(dueAt, sid)
    },

    settle: async sid => {
      settle.run(sid)
    },
  }
}
