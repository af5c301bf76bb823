import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { lastingOf, type Storage } from './storage.ts'

/** Pages of each table with its indexes, in bytes; the log's are counted as if they were in the file already. */
const BYTES_BY_TABLE = `
  SELECT coalesce(s.tbl_name, d.name) AS name, sum(d.pgsize) AS bytes
  FROM dbstat d LEFT JOIN sqlite_schema s ON s.name = d.name
  WHERE d.aggregate = TRUE GROUP BY 1`

const bytesByTable = (file: string): Map<string, number> => {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = db.prepare(BYTES_BY_TABLE).all() as { name: string; bytes: number }[]
    return new Map(rows.map(({ name, bytes }) => [name, bytes]))
  } finally {
    db.close()
  }
}

/** Reads what the embedded store holds, beside the node that uses it. In steps of its pages, 4 KiB. */
export const readSqliteStorage = (dataDir: string): Storage => {
  const durable = bytesByTable(join(dataDir, 'durable.db'))
  const expiring = bytesByTable(join(dataDir, 'expiring.db'))
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
  return {
    lasting: lastingOf(table => durable.get(table) ?? 0),
    expiring: sum(expiring.values()) + (durable.get('artifacts') ?? 0),
    neverExpiring: 0,
  }
}
