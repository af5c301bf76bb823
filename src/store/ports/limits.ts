/** Counters of attempts within a window, for throttling. */
export type LimitsPort = {
  /**
   * Atomic: counts one more under the key, or as many as told, and returns how many there are in the window now, these
   * included.
   * The window starts with the first hit and ends `windowSeconds` later, whatever comes in between.
   */
  hit(key: string, windowSeconds: number, count?: number): Promise<number>
}
