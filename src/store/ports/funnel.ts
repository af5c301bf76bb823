/** How often people came to a step of a login: of one app, by one method, on one day (UTC, `YYYY-MM-DD`). */
export type FunnelCount = {
  readonly day: string
  readonly clientId: string
  readonly method: string
  readonly step: string
  readonly count: number
}

/** Counters of the funnel: of steps, never of people. */
export type FunnelPort = {
  /** Adds to what was counted before; of parallel callers none loses what another adds. */
  add(counts: readonly FunnelCount[]): Promise<void>
  /** All counters of a client since a day, in the order of day, method and step. */
  list(clientId: string, sinceDay: string): Promise<readonly FunnelCount[]>
  /** The counters of all clients together since a day, in the same order. */
  total(sinceDay: string): Promise<readonly Omit<FunnelCount, 'clientId'>[]>
  /** The clients with most logins begun (`started`) since a day, the busiest first. */
  busiest(sinceDay: string, limit: number): Promise<readonly string[]>
}
