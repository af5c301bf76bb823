import type { Json } from '#src/kernel/runtime.ts'
import type { MessagesPort } from '#src/store/ports/messages.ts'
import type { Database } from './database.ts'

type Row = { id: string; content: string; expires_at: number; tries: number }

/** The queue of messages on SQLite. */
export const createMessages = (db: Database): MessagesPort => {
  const insert = db.prepare(
    'INSERT INTO messages (id, content, expires_at, due_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  )
  // Looked at before it is written, so that an empty queue costs no write.
  const anyDue = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM messages WHERE content IS NOT NULL AND due_at <= ? LIMIT 1',
  )
  const take = db.prepare<Row>(
    `UPDATE messages SET due_at = :until, tries = tries + 1
     WHERE id IN (SELECT id FROM messages WHERE content IS NOT NULL AND due_at <= :now ORDER BY due_at LIMIT :limit)
     RETURNING id, content, expires_at, tries`,
  )
  const claimed = 'id = ? AND tries = ? AND content IS NOT NULL'
  const postpone = db.prepare(`UPDATE messages SET due_at = ? WHERE ${claimed}`)
  const settle = db.prepare(`UPDATE messages SET content = NULL, due_at = ? WHERE ${claimed}`)
  const anyOver = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM messages WHERE content IS NULL AND due_at <= ? LIMIT 1',
  )
  const forget = db.prepare('DELETE FROM messages WHERE content IS NULL AND due_at <= ?')

  return {
    put: async ({ id, content, expiresAt }, dueAt) => insert.run(id, JSON.stringify(content), expiresAt, dueAt) === 1,

    takeDue: async ({ now, leaseMs, limit }) => {
      if (anyDue.get(now) === undefined) return []
      return take.all({ now, until: now + leaseMs, limit }).map(row => ({
        id: row.id,
        content: JSON.parse(row.content) as Json,
        expiresAt: row.expires_at,
        tries: row.tries,
      }))
    },

    postpone: async ({ id, tries }, dueAt) => postpone.run(dueAt, id, tries) === 1,

    settle: async ({ id, tries }, rememberUntil) => settle.run(rememberUntil, id, tries) === 1,

    forget: async now => (anyOver.get(now) === undefined ? 0 : forget.run(now)),
  }
}
