/**
 * Entries that are gone after their time, by the simulator's clock (milliseconds). At most `limit` are kept, the oldest
 * making room: this is a simulator's memory.
 */
export const createExpiringMap = <T>(clock: () => number, ttlMs: number, limit = 10_000) => {
  const entries = new Map<string, { value: T; until: number }>()

  const find = (key: string): T | undefined => {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    if (entry.until > clock()) return entry.value
    entries.delete(key)
    return undefined
  }

  return {
    find,
    put: (key: string, value: T, ttl = ttlMs): void => {
      const [oldest] = entries.keys()
      if (entries.size >= limit && oldest !== undefined) entries.delete(oldest)
      entries.set(key, { value, until: clock() + ttl })
    },
    take: (key: string): T | undefined => {
      const value = find(key)
      entries.delete(key)
      return value
    },
  }
}
