import { PiasError } from '#src/kernel/errors.ts'
import type { RedisLink } from '#src/store/redis/connection/connect.ts'
import type { Keys } from './keys.ts'
import { STAMP_LENGTH } from './scripts.ts'

/**
 * How long a client assertion may have been valid before it is refused anyway: 300 s and twice the tolerance for clocks.
 */
const ASSERTION_LIFETIME_MS = 320_000

const MOST_STAMPS = 64

/**
 * What keeps the used from becoming unused. Redis replicates asynchronously: after a failover (or a restart, which may
 * lose the last second of the append-only file) a mark "consumed" or "seen before" may be missing. Each loss of that
 * kind comes with a new replication id (`master_replid`), so:
 *
 * - An artifact is stamped with the id of the server that accepted it, and `consume` (a script, so both happen in one
 *   server at one moment) refuses one with another's stamp. Codes of before a failover are dead; people click again.
 * - A replay id that is missing has no stamp. So when an id is seen first, ids of assertions that may have been used
 *   before are refused, by their remaining lifetime: `covers`. Fresh assertions of the full lifetime pass at once, and
 *   all do when the longest-lived old one has expired. The quarantine is kept in Redis, so that all nodes know it.
 */
export type FailoverQuarantine = {
  /** Whether an id that expires this soon may have been used before a failover. */
  covers(ttlMs: number): boolean
  /** The stamps of the servers this node knows, in one string. */
  stamps(): string
  /** Notes the servers there are now, or the one with this stamp. Writes, so it fails where a write would. */
  observe(stamp?: string): Promise<void>
}

const stampIn = (info: string): string => {
  const id = /^master_replid:(\w+)/m.exec(info)?.[1]
  if (id === undefined)
    throw new PiasError('store.unusable', 'Redis does not tell its replication id (INFO replication)')
  return id.slice(0, STAMP_LENGTH)
}

/** Makes the quarantine; `observe` starts it whenever Redis has another replication id. */
export const createFailoverQuarantine = (link: RedisLink, keys: Keys): FailoverQuarantine => {
  const known = new Set<string>()
  let until = Number.NEGATIVE_INFINITY

  return {
    covers: ttlMs => ttlMs <= until - performance.now(),

    stamps: () => [...known].join(),

    observe: async stamp => {
      const stamps = stamp === undefined ? (await link.infoOfAll('replication')).map(stampIn) : [stamp]
      const remembered = known.size === 0 ? 0 : 1
      const leftMs = await link.run(redis =>
        redis.noteReplicationIds(keys.replicationIds, keys.quarantine, ASSERTION_LIFETIME_MS, remembered, ...stamps),
      )
      until = leftMs < 0 ? Number.NEGATIVE_INFINITY : performance.now() + leftMs
      if (known.size > MOST_STAMPS) known.clear()
      for (const one of stamps) known.add(one)
    },
  }
}
