/** `hits` in a window, and `leftSeconds` until it ends: whole, rounded up, and 0 only where the window has no length. */
export type TimedHits = { readonly hits: number; readonly leftSeconds: number }

/** Counters of attempts within a window, for throttling. */
export type LimitsPort = {
  /**
   * Atomic: counts one more under the key, or as many as told, and returns how many there are in the window now, these
   * included.
   * The window starts with the first hit and ends `windowSeconds` later, whatever comes in between.
   */
  hit(key: string, windowSeconds: number, count?: number): Promise<number>

  /** Counts as `hit` does, and tells from the same round trip when the window ends: for who is told when to try again. */
  hitTimed(key: string, windowSeconds: number, count?: number): Promise<TimedHits>
}
