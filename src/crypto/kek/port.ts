/**
 * The key-encryption key: it wraps the few keys that all others hang on, and stays where it is kept. It has versions; the
 * newest wraps, all that are still there unwrap. Asked when a node starts, when keys are wrapped anew and to keep a lease,
 * never by a login.
 */
export type KeyEncryption = {
  /** How long what it unwrapped may be used after it last answered; absent where it is read once, for as long as a node runs. */
  readonly leaseSeconds?: number
  /** @param name of the wrapped key, authenticated with it: what is wrapped under one name opens under no other */
  wrap(key: Uint8Array, name: string): Promise<string>
  /**
   * @throws PiasError `store.unusable` for what another key-encryption key has wrapped, or was changed;
   *   `store.unavailable` when it does not answer
   */
  unwrap(wrapped: string, name: string): Promise<Uint8Array>
  /** Whether a newer version would wrap it now. @throws PiasError `store.unavailable` when it does not answer */
  isOutdated(wrapped: string): Promise<boolean>
}
