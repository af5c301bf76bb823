import type { Json } from '#src/kernel/runtime.ts'

/** A login attempt as stored: `version` starts at 1 and grows by one with each transition. */
export type StoredAttempt = {
  readonly version: number
  readonly data: Json
}

/** Login attempts: expiring, and changed by compare-and-swap only, so that of two tabs one wins. */
export type AttemptsPort = {
  /** @returns the first version, 1. Creating an id that exists is a programming error and throws. */
  create(uid: string, data: Json, ttlSeconds: number): Promise<number>
  find(uid: string): Promise<StoredAttempt | undefined>
  /** Replaces the data if the stored version is still `version`; the expiry stays. `stale` also when it is gone. */
  transition(uid: string, version: number, data: Json): Promise<'ok' | 'stale'>
}
