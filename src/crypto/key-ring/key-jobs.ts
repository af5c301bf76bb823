import type { Job, Logger } from '#src/kernel/runtime.ts'
import type { WatchedKeyRing } from './watch-key-ring.ts'

const ROTATE_EVERY_MS = 60_000

/**
 * What keeps a node's keys up to date. `refresh`, on every node: reads what is stored and takes it over. `rotate`, on
 * one node of all: begins the rotations that are due.
 * @param deps.takeOver told after every refresh, since keys change with time too; those that were read before go on
 *   where the store cannot be read
 */
export const createKeyJobs = (deps: {
  rings: readonly WatchedKeyRing[]
  refreshMs: number
  takeOver: () => Promise<void>
  logger: Logger
}): { readonly refresh: Job; readonly rotate: Job } => {
  const { rings, refreshMs, takeOver, logger } = deps
  return {
    refresh: {
      name: 'refresh-keys',
      everyMs: refreshMs,
      run: async () => {
        const reads = await Promise.allSettled(rings.map(ring => ring.refresh()))
        await takeOver()
        const failed = reads.find(read => read.status === 'rejected')
        if (failed !== undefined) throw failed.reason
      },
    },
    rotate: {
      name: 'rotate-keys',
      everyMs: ROTATE_EVERY_MS,
      run: async () => {
        for (const ring of rings) {
          if (await ring.rotateIfDue()) logger.info({ keys: ring.name }, 'key rotation begun')
        }
      },
    },
  }
}
