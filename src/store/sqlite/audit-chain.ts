import type { AuditBlock, AuditChainPort } from '#src/store/ports/audit-chain.ts'
import { AUDIT_COLUMNS, type AuditRow, toStoredEvent } from './audit.ts'
import type { Database } from './database.ts'

type BlockRow = { number: number; sealed_at: number; events: number; mac: string }

const toBlock = ({ number, sealed_at: sealedAt, events, mac }: BlockRow): AuditBlock => ({
  number,
  sealedAt,
  events,
  mac,
})

/** The chain over the audit trail on SQLite. */
export const createAuditChain = (db: Database): AuditChainPort => {
  const unsealed = db.prepare<AuditRow>(
    `SELECT ${AUDIT_COLUMNS} FROM audit_events WHERE block IS NULL ORDER BY sequence LIMIT ?`,
  )
  const last = db.prepare<BlockRow>('SELECT * FROM audit_blocks ORDER BY number DESC LIMIT 1')
  const page = db.prepare<BlockRow>('SELECT * FROM audit_blocks WHERE number > ? ORDER BY number LIMIT ?')
  const ofBlocks = db.prepare<AuditRow & { block: number }>(
    `SELECT ${AUDIT_COLUMNS}, block FROM audit_events WHERE block BETWEEN ? AND ? ORDER BY block, sequence`,
  )
  const CHOSEN = 'block IS NULL AND sequence IN (SELECT value FROM json_each(?))'
  const open = db.prepare<{ count: number }>(`SELECT count(*) AS count FROM audit_events WHERE ${CHOSEN}`)
  const put = db.prepare(`UPDATE audit_events SET block = ? WHERE ${CHOSEN}`)
  const insert = db.prepare('INSERT INTO audit_blocks (number, sealed_at, events, mac) VALUES (?, ?, ?, ?)')
  const removeEvents = db.prepare(
    `DELETE FROM audit_events WHERE sequence IN
     (SELECT sequence FROM audit_events WHERE block <= ? ORDER BY block LIMIT ?)`,
  )
  const removeBlocks = db.prepare(
    `DELETE FROM audit_blocks WHERE number IN
     (SELECT number FROM audit_blocks WHERE number <= ? ORDER BY number LIMIT ?)`,
  )

  return {
    unsealed: async limit => unsealed.all(limit).map(toStoredEvent),

    head: async () => {
      const row = last.get()
      return row && toBlock(row)
    },

    seal: async (block, sequences) =>
      db.transaction(() => {
        const chosen = JSON.stringify(sequences)
        if ((last.get()?.number ?? 0) + 1 !== block.number || open.get(chosen)?.count !== sequences.length) return false
        insert.run(block.number, block.sealedAt, block.events, block.mac)
        put.run(block.number, chosen)
        return true
      }),

    blocks: async ({ after, limit }) => page.all(after, limit).map(toBlock),

    eventsOf: async ({ first, last: end }) =>
      ofBlocks.all(first, end).map(row => ({ ...toStoredEvent(row), block: row.block })),

    remove: async ({ through, limit }) =>
      db.transaction(() => {
        const end = Math.min(through, (last.get()?.number ?? 1) - 1)
        return removeEvents.run(end, limit) || removeBlocks.run(end, limit)
      }),
  }
}
