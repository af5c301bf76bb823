import type { FoundAuditEvent } from './audit.ts'

/** An event as it is stored: `data` is its text there, sealed or not. */
export type StoredAuditEvent = Omit<FoundAuditEvent, 'data'> & { readonly data: string }

/**
 * A link of the chain that the trail is sealed with: `mac` covers the events of the block and the `mac` before. Numbers
 * begin at 1 and have no gap. `sealedAt` is epoch milliseconds.
 */
export type AuditBlock = {
  readonly number: number
  readonly sealedAt: number
  readonly events: number
  readonly mac: string
}

/** The chain over the audit trail, beside `AuditPort`, of what is stored and not of what it opens to. */
export type AuditChainPort = {
  /** Events that are in no block yet, by sequence. */
  unsealed(limit: number): Promise<readonly StoredAuditEvent[]>
  /** The last block. */
  head(): Promise<AuditBlock | undefined>
  /**
   * Appends a block and puts these events in it. Atomic: of parallel calls with one number one returns true. False, and
   * nothing written, unless it is the next number and all of the events are there and in no block.
   */
  seal(block: AuditBlock, sequences: readonly number[]): Promise<boolean>
  /** Blocks by number, after the given one (0 for the beginning). */
  blocks(query: { after: number; limit: number }): Promise<readonly AuditBlock[]>
  /** The events of these blocks, `first` and `last` included, by block and sequence. */
  eventsOf(range: { first: number; last: number }): Promise<readonly (StoredAuditEvent & { readonly block: number })[]>
  /**
   * Removes blocks and their events, up to a block that is not the last one; at most about `limit` of either at a time.
   * @returns how many events and blocks are gone; 0 when nothing is left to remove
   */
  remove(query: { through: number; limit: number }): Promise<number>
}
