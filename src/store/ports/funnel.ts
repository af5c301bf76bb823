/** How often people came to a step of a login: of one app, by one method, on one day (UTC, `YYYY-MM-DD`). */
export type FunnelCount = {
  readonly day: string
  readonly clientId: string
  readonly method: string
  readonly step: string
  readonly count: number
}

/** Under this id stand the counters of all clients together: no client has it. */
export const ALL_CLIENTS = ''

/** Counts with what they add up to, so that nobody adds up the counters of thousands of clients. */
export const withTotals = (counts: readonly FunnelCount[]): readonly FunnelCount[] => {
  const totals = new Map<string, FunnelCount>()
  for (const { day, method, step, count } of counts) {
    const key = JSON.stringify([day, method, step])
    totals.set(key, { day, clientId: ALL_CLIENTS, method, step, count: (totals.get(key)?.count ?? 0) + count })
  }
  return [...counts, ...totals.values()]
}

/** Counters of each day that are looked at for the busiest of some days, for each that is wanted. */
export const CANDIDATES = 5

/** Counters of the funnel: of steps, never of people. */
export type FunnelPort = {
  /** Adds to what was counted before; of parallel callers none loses what another adds. */
  add(counts: readonly FunnelCount[]): Promise<void>
  /** All counters of these clients since a day, in the order of client, day, method and step. */
  list(clientIds: readonly string[], sinceDay: string): Promise<readonly FunnelCount[]>
  /** The counters of all clients together since a day, in the order of day, method and step. */
  total(sinceDay: string): Promise<readonly Omit<FunnelCount, 'clientId'>[]>
  /**
   * The clients with most logins begun (`started`) on these days, the busiest first. Of each day those with most count,
   * {@link CANDIDATES} times as many as are wanted: who is among them on no day is among the busiest of all at most by a hair.
   */
  busiest(days: readonly string[], limit: number): Promise<readonly string[]>
  /** Removes counters of before a day, `limit` of them at most, and says how many went. */
  forget(before: { readonly day: string; readonly limit: number }): Promise<number>
}
