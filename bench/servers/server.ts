import type { Client } from '#bench/driver/relying-party.ts'
import type { Server } from '#bench/processes/child-processes.ts'
import type { Storage } from '#bench/stores/storage.ts'
import type { CountedStores, Stores } from '#bench/stores/stores.ts'
import type { WorkloadName } from '#bench/workloads/names.ts'

export const SERVER_NAMES = ['baseline-memory', 'baseline-redis', 'pias-sqlite', 'pias-mongo-redis'] as const
export type ServerName = (typeof SERVER_NAMES)[number]

/** The clients of every server under test: for logins, for refresh tokens, and one that is no person's. */
export type Clients = { readonly login: Client; readonly offline: Client; readonly machine: Client }

/** A running server and how it is reached. */
export type Target = Server & {
  readonly issuer: string
  readonly clients: Clients
  /** Where its inspector would listen. */
  readonly inspectorPort?: number
}

/** A server under test with the stores that it alone uses. */
export type ServerUnderTest = {
  readonly name: ServerName
  readonly target: Target
  readonly stores: Stores
  /** Workloads the server can do. */
  readonly offers: readonly WorkloadName[]
  /** Whether persons' records are linked, which is checked then. */
  readonly links: boolean
  /** What the store holds; undefined where that is not measured. */
  readonly readStorage: (() => Promise<Storage>) | undefined
  /** Starts a twin on the same data whose stores count; undefined for a server without database servers. */
  readonly startCounted: (() => Promise<{ target: Target; stores: CountedStores }>) | undefined
}
