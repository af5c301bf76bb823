/** A change of the database's schema and how far it is; `unknown` is one of a later PIAS. */
export type MigrationStatus = {
  readonly version: number
  readonly name: string
  readonly state: 'done' | 'begun' | 'pending' | 'unknown'
  /** Names of the steps that are still to be done. */
  readonly remaining: readonly string[]
}

/** The schema of a database that many nodes share: it changes when an operator says so, forward only. */
export type MigrationsPort = {
  /** Every migration, by version. */
  list(): Promise<readonly MigrationStatus[]>
  /** Indexes that should be there and are not, each by the command of the database that makes it. */
  missingIndexes(): Promise<readonly string[]>
  /**
   * Does what is pending, each migration from where an earlier run ended; of several at once one works, the others wait.
   * `onStep` is told each step before it begins. The audit trail has each migration that came to its end, in one transaction
   * with its end, and what stopped one, where it can still be written. Throws `store.unavailable` when another one does not
   * come to an end.
   * @param by who does it, for the audit trail; undefined where PIAS does, as it starts: that is told of a database there was
   */
  apply(by: string | undefined, onStep: (step: string) => void): Promise<void>
}
