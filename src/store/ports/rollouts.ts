import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent } from './audit.ts'

/** A policy that was put in force; `at` is epoch milliseconds. */
export type StoredRollout = {
  readonly clientId: string
  /** 1 for the first of a client, one more with each change; a revert is a change, too. */
  readonly version: number
  /** What the policy says, checked by whoever reads it; null: what the client's file says. */
  readonly policy: Json
  readonly at: number
  /** Who changed it, and why: no personal data. */
  readonly by: string
  readonly reason: string
}

/** Rollout policies of clients. All versions are kept; the newest is in force. */
export type RolloutsPort = {
  current(clientId: string): Promise<StoredRollout | undefined>
  /**
   * Puts the next version in force, with its audit events in one transaction. Atomic: of parallel callers that came
   * after the same version, one succeeds.
   * @returns whether it did
   */
  put(rollout: StoredRollout, events: readonly AuditEvent[]): Promise<boolean>
  /** The newest first. */
  history(clientId: string, limit: number): Promise<readonly StoredRollout[]>
}
