import type { Clock } from '#src/kernel/runtime.ts'
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

/** How PIAS is doing: counters of all apps by day, those of the busiest apps, and what ends soon. */
export type Overview = {
  readonly days: readonly Omit<FunnelCount, 'clientId'>[]
  readonly apps: readonly { readonly clientId: string; readonly counts: readonly Omit<FunnelCount, 'clientId'>[] }[]
  readonly endingSecrets: readonly EndingSecret[]
  readonly keys: readonly KeyView[]
}

const MOST_APPS = 20
const PAGE = 500
const SOON_MS = 30 * 24 * 3600 * 1000
/** All apps are looked through for secrets that end: not with every page, nor are counters added up that are written every five seconds. */
const SECRETS_MS = 60_000
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
 */
export const createOverview = (deps: {
  funnel: Pick<FunnelPort, 'list' | 'total' | 'busiest'>
  clients: Pick<ClientsPort, 'page'>
  keys: () => readonly KeyView[]
  clock: Clock
}) => {
  const { funnel, clients, keys, clock } = deps
  const findEnding = async (before: number): Promise<readonly EndingSecret[]> => {
    const found: EndingSecret[] = []
    let after: string | undefined = ''
    while (after !== undefined) {
      const page: readonly StoredClient[] = await clients.page({ after, limit: PAGE })
      found.push(...page.flatMap(client => endingOf(client, before)))
      after = page.length < PAGE ? undefined : page.at(-1)?.clientId
    }
    return found.sort((one, other) => one.expiresAt - other.expiresAt)
  }

  const countersSince = async (sinceDay: string): Promise<Pick<Overview, 'days' | 'apps'>> => {
    const [days, busiest] = await Promise.all([funnel.total(sinceDay), funnel.busiest(sinceDay, MOST_APPS)])
    const apps = await Promise.all(
      busiest.map(async clientId => ({
        clientId,
        counts: (await funnel.list(clientId, sinceDay)).map(({ clientId: _, ...counted }) => counted),
      })),
    )
    return { days, apps }
  }

  const endingSecrets = keepFor(SECRETS_MS, clock, () => findEnding(clock() + SOON_MS))
  const counters = keepFor(COUNTERS_MS, clock, countersSince)

  /** @param sinceDay the first day (UTC) that is counted, `YYYY-MM-DD` */
  return async (sinceDay: string): Promise<Overview> => {
    const [counted, secrets] = await Promise.all([counters(sinceDay), endingSecrets('')])
    return { ...counted, endingSecrets: secrets, keys: keys() }
  }
}

/** Tells how PIAS is doing. */
export type TellOverview = ReturnType<typeof createOverview>
