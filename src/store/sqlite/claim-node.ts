import { DatabaseSync } from 'node:sqlite'
import { PiasError } from '#src/kernel/errors.ts'

/**
 * Claims a data directory for this node: the embedded store is for one. The claim is a lock on a file of its own, held
 * by an open transaction, so it ends with the process, however that ends. The commands of `pias` need none.
 * @param file the lock's file; made when missing
 * @returns gives the claim back
 * @throws PiasError `store.unusable` when another node has it
 */
export const claimNode = (file: string): (() => void) => {
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    const remedy = 'the sqlite store is for one node: set another data directory, or another store (PIAS_STORE)'
    throw new PiasError('store.unusable', `${file} is held by another node; ${remedy}`, { cause })
  }
  return () => {
    if (lock.isOpen) lock.close()
  }
}
