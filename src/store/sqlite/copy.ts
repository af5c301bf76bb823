import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { DurableStore } from '#src/store/ports/store.ts'
import { DURABLE_FILE, openDurableFile } from './open.ts'

/**
 * Opens what lasts of a copy: its file, or the directory it lies in. It is brought to this version's schema, as a node
 * would do, and otherwise left as it is.
 * @throws PiasError `store.unusable` when there is none, with one line that says what to do
 */
export const openSqliteCopy = async (place: string, clock: Clock) => {
  const file = existsSync(place) && statSync(place).isDirectory() ? join(place, DURABLE_FILE) : place
  if (!existsSync(file)) throw new PiasError('store.unusable', `${file} is not there: name a copy of ${DURABLE_FILE}`)
  const { ports, db, close } = await openDurableFile(file, clock)
  const integrity = db.prepare<{ integrity_check: string }>('PRAGMA integrity_check')
  const references = db.prepare<{ table: string }>('PRAGMA foreign_key_check')
  const check = async (): Promise<readonly string[]> => [
    ...integrity.all().flatMap(({ integrity_check: text }) => (text === 'ok' ? [] : [`SQLite: ${text}`])),
    ...references.all().map(({ table }) => `SQLite: a row of ${table} refers to nothing`),
  ]
  const copy: DurableStore = ports
  return { ...copy, integrity: check, close: async () => close() }
}

/**
 * Writes a copy of what lasts into a new file, while nodes go on: one moment of the data, without what was deleted.
 * @throws PiasError `store.unusable` where there is no store or the file exists already
 */
export const backUpSqlite = async (dataDir: string, file: string, clock: Clock): Promise<void> => {
  const from = join(dataDir, DURABLE_FILE)
  if (!existsSync(from)) throw new PiasError('store.unusable', `${from} is not there: nothing to back up`)
  if (existsSync(file)) throw new PiasError('store.unusable', `${file} exists already: name another`)
  const { db, close } = await openDurableFile(from, clock)
  try {
    db.prepare('VACUUM INTO ?').run(file)
  } finally {
    close()
  }
}
