import type { Json } from '#src/kernel/runtime.ts'

/**
 * One thing that happened and that somebody may ask about. `at` is epoch milliseconds; `data` holds codes, ids and
 * evidence, never names, numbers or addresses of a person.
 */
export type AuditEvent = {
  readonly at: number
  readonly type: string
  readonly accountId?: string
  readonly clientId?: string
  readonly data: Json
}

/** The append-only record of what was decided. */
export type AuditPort = {
  append(events: readonly AuditEvent[]): Promise<void>
  /** Oldest first, after the given sequence number (0 for the beginning). */
  list(query: {
    after: number
    limit: number
    accountId?: string
  }): Promise<readonly (AuditEvent & { sequence: number })[]>
}
