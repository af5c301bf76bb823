import type { ReadTrailState, TrailState } from '#src/audit/trail-state.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { type DecisionCount, decisionCounts, stepCounts } from '#src/rollout/decision-counts.ts'
import type { ClientsPort, StoredClient } from '#src/store/ports/clients.ts'
import type { FunnelCount, FunnelPort } from '#src/store/ports/funnel.ts'

/** A key of PIAS at a moment. `ring`: what it is for; times are epoch milliseconds, `until` where the end is known. */
export type KeyView = {
  readonly ring: string
  readonly kid: string
  readonly alg: string
  readonly state: 'next' | 'current' | 'retired'
  readonly since: number
  readonly until?: number
}

/** A secret that ends soon, or has ended. */
export type EndingSecret = { readonly clientId: string; readonly id: string; readonly expiresAt: number }

/**
 * How this node's calls to an upstream went in the last quarter of an hour: whether any are made (`breaker`), how many failed,
 * and how long they took. Times are milliseconds, `lastFailureAt` is in epoch milliseconds.
 */
export type UpstreamHealth = {
  readonly id: string
  readonly name: string
  readonly breaker: 'closed' | 'open' | 'half-open'
  readonly calls: number
  readonly failures: number
  readonly medianMs?: number
  readonly slowestMs?: number
  readonly lastFailureAt?: number
}

/** How PIAS is doing: counters of all apps by day, those of the busiest apps, and what ends soon. */
export type Overview = {
  readonly days: readonly Omit<FunnelCount, 'clientId'>[]
  /** How matching came out, of all apps: acted on and only recorded apart. */
  readonly decisions: readonly DecisionCount[]
  readonly apps: readonly { readonly clientId: string; readonly counts: readonly Omit<FunnelCount, 'clientId'>[] }[]
  readonly endingSecrets: readonly EndingSecret[]
  readonly keys: readonly KeyView[]
  /** As the node that answers sees them: others may see something else. */
  readonly upstreams: readonly UpstreamHealth[]
  readonly audit: TrailState
}

const MOST_APPS = 10
/** Of the apps with secrets that end, and of those with secrets that have ended. */
const MOST_ENDING = 50
const DAY_MS = 24 * 3600 * 1000
const SOON_MS = 30 * DAY_MS
/** As far back as is told: a quarter of a year. */
const MOST_DAYS = 92
/** Counters are written every five seconds: they are not read with every page. */
const COUNTERS_MS = 10_000

/** What was found is good for a while; requests that come meanwhile wait for the same look. What failed is looked for again. */
const keepFor = <Found>(ms: number, clock: Clock, find: (of: string) => Promise<Found>) => {
  let kept: { readonly of: string; readonly at: number; readonly found: Promise<Found> } | undefined
  return (of: string): Promise<Found> => {
    const now = clock()
    if (kept !== undefined && kept.of === of && now - kept.at <= ms) return kept.found
    const found = find(of)
    kept = { of, at: now, found }
    found.catch(() => {
      kept = undefined
    })
    return found
  }
}

const endingOf = ({ clientId, secrets }: StoredClient, before: number): readonly EndingSecret[] =>
  secrets.flatMap(({ id, expiresAt }) =>
    expiresAt !== undefined && expiresAt < before ? [{ clientId, id, expiresAt }] : [],
  )

/**
 * Tells how PIAS is doing.
 * @param deps.keys the keys of this moment, of PIAS itself and for upstreams
 * @param deps.upstreams how calls to them go, as this node sees it
 * @param deps.trailState how the audit trail was found
 */
export const createOverview = (deps: {
  funnel: Pick<FunnelPort, 'list' | 'total' | 'busiest'>
  clients: Pick<ClientsPort, 'ending'>
  keys: () => readonly KeyView[]
  upstreams: () => readonly UpstreamHealth[]
  trailState: ReadTrailState
  clock: Clock
}) => {
  const { funnel, clients, keys, upstreams, trailState, clock } = deps
  /** Those that end next and those that ended last: what ended long ago must not hide what ends tomorrow. */
  const findEnding = async (now: number): Promise<readonly EndingSecret[]> => {
    const before = now + SOON_MS
    const [ended, next] = await Promise.all([
      clients.ending({ from: 0, before: now, limit: MOST_ENDING, latestFirst: true }),
      clients.ending({ from: now, before, limit: MOST_ENDING }),
    ])
    return [...ended, ...next]
      .flatMap(client => endingOf(client, before))
      .sort((one, other) => one.expiresAt - other.expiresAt)
  }

  const countersSince = async (asked: string): Promise<Pick<Overview, 'days' | 'decisions' | 'apps'>> => {
    const earliest = new Date(clock() - MOST_DAYS * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
    const sinceDay = asked < earliest ? earliest : asked
    const total = await funnel.total(sinceDay)
    const days = stepCounts(total)
    const busiest = await funnel.busiest([...new Set(days.map(({ day }) => day))], MOST_APPS)
    const ofApp = Map.groupBy(stepCounts(await funnel.list(busiest, sinceDay)), ({ clientId }) => clientId)
    const apps = busiest.map(clientId => ({
      clientId,
      counts: (ofApp.get(clientId) ?? []).map(({ clientId: _, ...counted }) => counted),
    }))
    return { days, decisions: decisionCounts(total), apps }
  }

  const counters = keepFor(COUNTERS_MS, clock, countersSince)

  /** @param sinceDay the first day (UTC) that is counted, `YYYY-MM-DD` */
  return async (sinceDay: string): Promise<Overview> => {
    const [counted, secrets, audit] = await Promise.all([counters(sinceDay), findEnding(clock()), trailState()])
    return { ...counted, endingSecrets: secrets, keys: keys(), upstreams: upstreams(), audit }
  }
}

/** Tells how PIAS is doing. */
export type TellOverview = ReturnType<typeof createOverview>
