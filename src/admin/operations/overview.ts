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
/** All apps are looked through for secrets that end: not with every page. */
const KEPT_MS = 60_000

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
  let kept: { readonly at: number; readonly secrets: Promise<readonly EndingSecret[]> } | undefined

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

  const endingSecrets = (): Promise<readonly EndingSecret[]> => {
    const now = clock()
    if (kept === undefined || now - kept.at > KEPT_MS) {
      const secrets = findEnding(now + SOON_MS)
      kept = { at: now, secrets }
      // What failed is looked for again.
      secrets.catch(() => {
        kept = undefined
      })
    }
    return kept.secrets
  }

  /** @param sinceDay the first day (UTC) that is counted, `YYYY-MM-DD` */
  return async (sinceDay: string): Promise<Overview> => {
    const [days, busiest, secrets] = await Promise.all([
      funnel.total(sinceDay),
      funnel.busiest(sinceDay, MOST_APPS),
      endingSecrets(),
    ])
    const apps = await Promise.all(
      busiest.map(async clientId => ({
        clientId,
        counts: (await funnel.list(clientId, sinceDay)).map(({ clientId: _, ...counted }) => counted),
      })),
    )
    return { days, apps, endingSecrets: secrets, keys: keys() }
  }
}

/** Tells how PIAS is doing. */
export type TellOverview = ReturnType<typeof createOverview>
