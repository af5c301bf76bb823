import { DatabaseSync } from 'node:sqlite'
import { PiasError } from '#src/kernel/errors.ts'
import { resultCodeOf, SQLITE_BUSY, unusable } from './unusable.ts'

/**
 * Claims what a file stands for. The claim is a lock on the file, held by an open transaction, so it ends with the process,
 * however that ends.
 * @param file the lock's file; made when missing
 * @returns gives the claim back; undefined when another process has it
 * @throws PiasError `store.unusable` where the file itself cannot be made or written, with one line that says what to do
 */
export const tryClaim = (file: string): (() => void) | undefined => {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(file, { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (resultCodeOf(error) === SQLITE_BUSY) return undefined
    throw unusable(file, error)
  }
  const held = lock
  return () => {
    if (held.isOpen) held.close()
  }
}

/**
 * Claims a data directory for this node: the embedded store is for one. The commands of `pias` need no claim.
 * @returns as {@link tryClaim}
 * @throws PiasError `store.unusable` when another node has it, or as {@link tryClaim}
 */
export const claimNode = (file: string): (() => void) => {
  const release = tryClaim(file)
  if (release !== undefined) return release
  const remedy = 'the sqlite store is for one node: set another data directory, or another store (PIAS_STORE)'
  throw new PiasError('store.unusable', `${file} is held by another node; ${remedy}`)
}
