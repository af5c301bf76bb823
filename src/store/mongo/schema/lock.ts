import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'

type LockDocument = { _id: 'migrations'; owner: string; expiresAt: Date }

/** A runner that died keeps the others waiting no longer than this; a live one renews in time. */
const LIFE_MS = 30_000
/** Of its life, so that two renewals may fail. */
const RENEWALS = 4
const POLL_MS = 100

/**
 * Runs the work while no other process runs such work on this database; waits for its turn.
 * @param options.waitMs how long to wait for another runner
 * @param options.lifeMs how long a runner that gives no sign of life keeps the lock
 * @param work is given `stillMine`, to be called before each part: it throws `store.unavailable` when another process
 *   has taken the lock over because this one stood still for too long
 * @throws PiasError `store.unavailable` when another process still holds the lock then
 */
export const withMigrationLock = async <Result>(
  db: Db,
  options: { waitMs: number; lifeMs?: number | undefined },
  work: (stillMine: () => Promise<void>) => Promise<Result>,
): Promise<Result> => {
  const { waitMs, lifeMs = LIFE_MS } = options
  const locks = db.collection<LockDocument>('schema_lock')
  const owner = randomUUID()
  // When the lock expires, by the server's clock: those of the nodes need not agree.
  const expiry = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: lifeMs } }

  /** A missing lock counts as one that expired long ago. */
  const isFree = { $lt: ['$expiresAt', '$$NOW'] }
  const mine = {
    owner: { $cond: [isFree, owner, '$owner'] },
    expiresAt: { $cond: [isFree, expiry, '$expiresAt'] },
  }

  const take = async (): Promise<boolean> => {
    try {
      const options = { upsert: true, returnDocument: 'after' } as const
      const lock = await locks.findOneAndUpdate({ _id: { $eq: 'migrations' } }, [{ $set: mine }], options)
      return lock?.owner === owner
    } catch (error) {
      // Of two that make it at the same moment one is refused.
      if (isDuplicate(error)) return false
      throw error
    }
  }

  const deadline = performance.now() + waitMs
  while (!(await take())) {
    if (performance.now() > deadline) {
      throw new PiasError('store.unavailable', 'another process is migrating the database: wait for it to end')
    }
    await sleep(POLL_MS)
  }
  const renew = async () => {
    const renewed = await locks.updateOne({ _id: 'migrations', owner }, [{ $set: { expiresAt: expiry } }])
    return renewed.matchedCount === 1
  }
  const stillMine = async () => {
    if (await renew()) return
    throw new PiasError('store.unavailable', 'this process stood still, and another one migrates the database now')
  }
  const renewing = setInterval(() => renew().catch(() => undefined), lifeMs / RENEWALS)
  try {
    return await work(stillMine)
  } finally {
    clearInterval(renewing)
    await locks.deleteOne({ _id: 'migrations', owner }).catch(() => undefined)
  }
}
