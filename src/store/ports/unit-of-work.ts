/**
 * Gathers what one request writes, so that it is sent together before the answer leaves. Outside of `run` everything is
 * sent at once.
 */
export type UnitOfWork = {
  /**
   * Runs one request as a unit. What it wrote is in the store when this resolves.
   * @throws what `work` throws, else what a write that was still to be sent throws: then no answer may leave
   */
  run<Result>(work: () => Promise<Result>): Promise<Result>
  /** Sends what this request has gathered so far. @throws what the first of these writes throws */
  flush(): Promise<void>
  /** Lets a command travel with the next writes of this request, before them; by the end of `run` at the latest. */
  defer(command: () => Promise<void>): Promise<void>
}
