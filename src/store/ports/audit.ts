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
  /**
   * Customer records (`customerKeyOf`) by which it is found though it is about no account. They are no part of what is told
   * or chained.
   */
  readonly records?: readonly string[]
}

/** The `reason` of what is done because the person of the account asked for it; `by` is the account then. */
export const BY_PERSON = 'asked for by the person'

/** An event as found, with its number. */
export type FoundAuditEvent = Omit<AuditEvent, 'records'> & { readonly sequence: number }

/** What is looked for: every condition that is given holds. `from` is the first moment, `to` the first one after. */
export type AuditSearch = {
  readonly limit: number
  readonly accountId?: string
  readonly clientId?: string
  readonly type?: string
  /** One of the event's records. */
  readonly record?: string
  readonly from?: number
  readonly to?: number
  /** Only what is older than this event, which ended the page before. */
  readonly before?: Pick<FoundAuditEvent, 'at' | 'sequence'>
}

/** The append-only record of what was decided. */
export type AuditPort = {
  append(events: readonly AuditEvent[]): Promise<void>
  /** Oldest first, after the given sequence number (0 for the beginning). */
  list(query: { after: number; limit: number; accountId?: string }): Promise<readonly FoundAuditEvent[]>
  /** Newest first by time. */
  search(query: AuditSearch): Promise<readonly FoundAuditEvent[]>
}
