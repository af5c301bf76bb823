/**
 * The scripts that run inside Redis, where nothing comes between their commands. Each touches one slot only, except
 * `findByIndex` and `upsertWithIndexes`, which spare commands or round trips where there is one server.
 *
 * An artifact is one string: `stamp` (16), `consumedAt` (15, blank until then), its indexes, a line break, its payload.
 * The stamp says which server accepted the artifact first: see failover-quarantine.ts.
 */

/** Length of a stamp: the beginning of a server's replication id (hexadecimal). */
export const STAMP_LENGTH = 16
/** Length of `consumedAt` in an artifact: epoch milliseconds, padded. */
export const CONSUMED_LENGTH = 15
/** Length of what an artifact keeps when it is replaced. */
export const HEADER_LENGTH = STAMP_LENGTH + CONSUMED_LENGTH

const BLANK = ' '.repeat(CONSUMED_LENGTH)

const STAMP = `
  local function stamp()
    local info = redis.call('INFO', 'replication')
    return string.match(info, 'master_replid:(${'%x'.repeat(STAMP_LENGTH)})')
  end`

const UPSERT = `${STAMP}
  local function upsert(key, body, ttl)
    local header = redis.call('GETRANGE', key, 0, ${HEADER_LENGTH - 1})
    if header == '' then header = stamp() .. '${BLANK}' end
    redis.call('SET', key, header .. body, 'PX', ttl)
  end`

const ADD_TO_GRANT = `
  local function addToGrant(key, id, now, ends)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    redis.call('ZADD', key, ends, id)
    local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
    redis.call('PEXPIRE', key, last[2] - now)
  end`

const upsertArtifact = `${UPSERT}
  upsert(KEYS[1], ARGV[1], ARGV[2])`

const addToGrant = `${ADD_TO_GRANT}
  addToGrant(KEYS[1], ARGV[1], ARGV[2], ARGV[3])`

const upsertWithIndexes = `${UPSERT}${ADD_TO_GRANT}
  local indexes = #KEYS
  if ARGV[4] then
    addToGrant(KEYS[indexes], ARGV[3], ARGV[4], ARGV[5])
    indexes = indexes - 1
  end
  for index = 2, indexes do redis.call('SET', KEYS[index], ARGV[3], 'PX', ARGV[2]) end
  upsert(KEYS[1], ARGV[1], ARGV[2])`

const insertArtifact = `${STAMP}
  local here = stamp()
  if not string.find(ARGV[3], here, 1, true) then return here end
  if redis.call('SET', KEYS[1], here .. '${BLANK}' .. ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
  return 0`

const consumeArtifact = `${STAMP}
  local header = redis.call('GETRANGE', KEYS[1], 0, ${HEADER_LENGTH - 1})
  if header ~= stamp() .. '${BLANK}' then return 0 end
  redis.call('SETRANGE', KEYS[1], ${STAMP_LENGTH}, ARGV[1])
  return 1`

const destroyOfGrant = `
  local grant = ARGV[1] .. ' '
  if redis.call('GETRANGE', KEYS[1], ${HEADER_LENGTH}, ${HEADER_LENGTH - 1} + #grant) ~= grant then return 0 end
  return redis.call('DEL', KEYS[1])`

const findByIndex = `
  local id = redis.call('GET', KEYS[1])
  return id and redis.call('GET', ARGV[1] .. id)`

const transitionAttempt = `
  local stored = redis.call('GET', KEYS[1])
  if not stored or string.match(stored, '^%d+') ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
  return 1`

const hitLimit = `
  local hits = redis.call('INCRBY', KEYS[1], ARGV[2])
  if hits == tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return {hits, redis.call('PTTL', KEYS[1])}`

const MOST_REPLICATION_IDS = 256

const noteReplicationIds = `
  local known = redis.call('SCARD', KEYS[1])
  if known > ${MOST_REPLICATION_IDS} then redis.call('DEL', KEYS[1]) end
  local added = redis.call('SADD', KEYS[1], unpack(ARGV, 3))
  if added > 0 and (ARGV[2] == '1' or known > 0) and known <= ${MOST_REPLICATION_IDS} then
    redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
  end
  return redis.call('PTTL', KEYS[2])`

/** The scripts by name, as ioredis takes them: sent whole once per connection, by their hash from then on. */
export const SCRIPTS = {
  upsertArtifact: { lua: upsertArtifact, numberOfKeys: 1 },
  upsertWithIndexes: { lua: upsertWithIndexes },
  insertArtifact: { lua: insertArtifact, numberOfKeys: 1 },
  consumeArtifact: { lua: consumeArtifact, numberOfKeys: 1 },
  destroyOfGrant: { lua: destroyOfGrant, numberOfKeys: 1 },
  findByIndex: { lua: findByIndex, numberOfKeys: 1 },
  addToGrant: { lua: addToGrant, numberOfKeys: 1 },
  transitionAttempt: { lua: transitionAttempt, numberOfKeys: 1 },
  hitLimit: { lua: hitLimit, numberOfKeys: 1 },
  noteReplicationIds: { lua: noteReplicationIds, numberOfKeys: 2 },
} as const

/** The commands and scripts PIAS sends. Times to live are whole milliseconds; 1 and 0 are yes and no. */
export type RedisCommands = {
  get(key: string): Promise<string | null>
  set(key: string, value: string, px: 'PX', ttlMs: number, nx?: 'NX'): Promise<'OK' | null>
  del(key: string): Promise<number>
  zrange(key: string, first: number, last: number): Promise<string[]>
  /** Writes or replaces an artifact, but for its header. */
  upsertArtifact(key: string, body: string, ttlMs: number): Promise<null>
  /** Writes an artifact unless there is one. @returns the server's stamp, and nothing written, if it is not in `stamps` */
  insertArtifact(key: string, body: string, ttlMs: number, stamps: string): Promise<1 | 0 | string>
  /** Marks an artifact that this server accepted and that is not consumed. `consumedAt` has CONSUMED_LENGTH digits. */
  consumeArtifact(key: string, consumedAt: string): Promise<1 | 0>
  /** Destroys the artifact if it still belongs to the grant, given by its key segment. */
  destroyOfGrant(key: string, grant: string): Promise<1 | 0>
  /** The artifact an index leads to; only where all keys are on one server. */
  findByIndex(indexKey: string, artifactsOf: string): Promise<string | null>
  /** Adds an artifact to a grant's, from which those that ended before `now` are dropped; both in epoch milliseconds. */
  addToGrant(key: string, id: string, now: number, ends: number): Promise<null>
  /**
   * All of the above at once, where all keys are on one server.
   * @param rest the keys: artifact, indexes, grant if any; then body, time to live, id; `now` and `ends` with a grant
   */
  upsertWithIndexes(numberOfKeys: number, ...rest: (string | number)[]): Promise<null>
  transitionAttempt(key: string, version: number, replacement: string): Promise<1 | 0>
  /** Counts so many more. @returns how many there are now, and milliseconds until they end */
  hitLimit(key: string, windowMs: number, count: number): Promise<[hits: number, leftMs: number]>
  /**
   * Notes the stamps of all servers; one that is new starts the quarantine, unless none was known to anybody.
   * @param remembered 1 if the caller knew some before
   * @returns milliseconds the quarantine goes on; negative for none
   */
  noteReplicationIds(
    idsKey: string,
    quarantineKey: string,
    windowMs: number,
    remembered: 1 | 0,
    ...stamps: string[]
  ): Promise<number>
}
