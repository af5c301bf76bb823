/** Secrets, key sets and models that all nodes share and that outlive a restart (signing keys, cookie keys…). */
export type KeysPort = {
  find(name: string): Promise<string | undefined>
  /** Every name there is that begins with the prefix, in no order; for checks and lists, not for logins. */
  names(prefix: string): Promise<readonly string[]>
  /** Atomic: the first value put under a name stays; every caller gets the one that is stored. */
  putIfAbsent(name: string, value: string): Promise<string>
  /**
   * Atomic compare-and-set: of any number of parallel calls that expect what is stored now, one returns true and its
   * value stays. False when something else is stored, or nothing.
   */
  replace(name: string, expected: string, value: string): Promise<boolean>
}
