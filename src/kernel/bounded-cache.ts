/** A map that forgets: what was not used for longest goes first, and nothing is older than `maxAgeMs`. */
export type BoundedCache<Key, Value> = {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
}

/** @param options.maxAgeMs counted from `set`; for ever by default */
export const createBoundedCache = <Key, Value>(options: {
  max: number
  maxAgeMs?: number
}): BoundedCache<Key, Value> => {
  const { max, maxAgeMs = Number.POSITIVE_INFINITY } = options
  // A Map keeps the order of insertion, so the first entry is the one unused for longest.
  const entries = new Map<Key, { value: Value; ends: number }>()
  return {
    get: key => {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      if (entry.ends <= performance.now()) return undefined
      entries.set(key, entry)
      return entry.value
    },
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, { value, ends: performance.now() + maxAgeMs })
      if (entries.size > max) entries.delete(entries.keys().next().value as Key)
    },
    delete: key => {
      entries.delete(key)
    },
  }
}
