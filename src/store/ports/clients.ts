import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent } from './audit.ts'

/** Who decides about a client: its file, an admin, whoever holds its registration access token (RFC 7592), or `apply`. */
export type ClientManager = 'file' | 'api' | 'dcr' | 'apply'

/** A secret a client may prove itself with. `id` names it to people; times are epoch milliseconds. */
export type ClientSecret = {
  readonly id: string
  /** `sha256:` and the digest in base64url, never the secret (ADR 0046). */
  readonly hash: string
  readonly createdAt: number
  /** Good for nothing from then on. */
  readonly expiresAt?: number
}

/** A relying party as stored. Times are epoch milliseconds. */
export type StoredClient = {
  readonly clientId: string
  /** 1 when it is made, one more with every change: the ETag of compare-and-swap. */
  readonly version: number
  /** `disabled`: may be restored. `removed`: stays as a tombstone, so that an id never comes to mean another app. */
  readonly state: 'active' | 'disabled' | 'removed'
  readonly managedBy: ClientManager
  /** Who may change it, as whoever manages it names them. */
  readonly owner?: string
  /** RFC 7591 metadata without secrets, in the shape of a client file; null where a file has it. */
  readonly metadata: Json
  readonly secrets: readonly ClientSecret[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** Where a client stands in the order of changes. */
export type ClientChange = { readonly change: number; readonly client: StoredClient }

/** Relying parties that are kept in the store, and the secrets of all. */
export type ClientsPort = {
  find(clientId: string): Promise<StoredClient | undefined>
  /**
   * Writes a client whole and appends the events, all or nothing. Atomic compare-and-set: only over the version before
   * `client.version`, or where there never was one for version 1.
   * @returns false when somebody was faster; then nothing is written
   */
  put(client: StoredClient, events: readonly AuditEvent[]): Promise<boolean>
  /** Those that are not removed, in the order of ids (by code point), after the given one ('' for the beginning). */
  page(query: { prefix?: string; after: string; limit: number }): Promise<readonly StoredClient[]>
  /**
   * All that were changed after a change (0 for the beginning), tombstones included, each once, in the order of their
   * last changes. Whoever has read up to a change never misses one that comes later.
   */
  changed(query: { after: number; limit: number }): Promise<readonly ClientChange[]>
  /** Those that are not removed and whose first secret to end does so from a moment on, before another; in that order. */
  ending(query: {
    from: number
    before: number
    limit: number
    latestFirst?: boolean
  }): Promise<readonly StoredClient[]>
  /** Notes when a secret was used, at most once a minute: a later time within a minute of what is noted writes nothing. */
  noteSecretUse(use: { clientId: string; secretId: string; at: number }): Promise<void>
  /** When the secrets of a client were last used, by their ids; also of those it has no more. */
  secretUses(clientId: string): Promise<ReadonlyMap<string, number>>
}

/** When the first of its secrets ends; undefined where none does, or the client is removed. */
export const firstEndOf = ({ state, secrets }: Pick<StoredClient, 'state' | 'secrets'>): number | undefined => {
  const ends = secrets.flatMap(({ expiresAt }) => expiresAt ?? [])
  return state === 'removed' || ends.length === 0 ? undefined : Math.min(...ends)
}

/** How exactly the last use of a secret is known, in milliseconds. */
export const SECRET_USE_GRAIN_MS = 60_000
