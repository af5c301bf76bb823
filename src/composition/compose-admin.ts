import { importJWK, type JWK } from 'jose'
import { createAdminApi } from '#src/admin/create-admin-api.ts'
import { createFindFeed } from '#src/admin/feeds.ts'
import { createTrials } from '#src/admin/trials/create-trials.ts'
import type { ViewAlarms } from '#src/alarms/create-alarms.ts'
import type { CheckSurroundings } from '#src/clients/check-surroundings.ts'
import { createClientManagement } from '#src/clients/client-management.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { Config } from '#src/config/schema.ts'
import { createConsole } from '#src/console/create-console.ts'
import { type PrivateJwk, publicHalf } from '#src/crypto/key-ring/private-jwk.ts'
import type { WatchedKeyRing } from '#src/crypto/key-ring/watch-key-ring.ts'
import { inSigningOrder } from '#src/crypto/signing-keys.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import { createCustomerFeed } from '#src/customers/snapshot/customer-feed.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { recordFormOf } from '#src/matching/record-form.ts'
import type { PreviewTokens } from '#src/provider/token-preview.ts'
import type { TrialGrants } from '#src/provider/trial-grants.ts'
import type { Rollouts } from '#src/rollout/rollouts.ts'
import type { Store } from '#src/store/ports/store.ts'
import type { Upstream } from '#src/upstream/registry.ts'
import type { Registries } from './compose-clients.ts'
import type { PageKit } from './compose-pages.ts'
import { loadTrialKey, trialCallback } from './trial-key.ts'

/** Joins the admin plane: its API, and the console that works by it. */
export const composeAdmin = async (deps: {
  config: Config
  origin: string
  store: Store
  files: Registries['files']
  clients: ClientRegistry
  apis: Registries['apis']
  checkSurroundings: CheckSurroundings
  rollouts: Rollouts
  signing: WatchedKeyRing<PrivateJwk>
  keyRings: readonly WatchedKeyRing[]
  upstreams: ReadonlyMap<string, Upstream>
  preview: PreviewTokens
  trialGrants: TrialGrants
  source: CustomerSource
  viewAlarms: ViewAlarms
  pageKit: Pick<PageKit, 'assets' | 'pages'>
  clock: Clock
  logger: Logger
}): Promise<ReturnType<typeof createAdminApi>> => {
  const { config, origin, store, files, clients, signing, keyRings, pageKit, clock, logger } = deps
  const { issuer } = config
  const { checkSurroundings, rollouts, preview, source } = deps
  const trialKey = await loadTrialKey(store.keys)
  /** Nobody's request at the other listener has brought in what was saved here a moment ago. */
  const catchUp = () => clients.refresh({ now: true })
  const findClient = async (clientId: string) => {
    await catchUp()
    return clients.find(clientId)
  }
  const trials = createTrials({
    ...store,
    issuer,
    redirectUri: trialCallback(origin),
    findClient,
    clock,
    logger,
    key: { key: (await importJWK(trialKey, 'ES256')) as CryptoKey, kid: trialKey.kid },
    grants: deps.trialGrants,
  })
  return createAdminApi({
    origin,
    issuer,
    store,
    rollouts,
    clients,
    findClient,
    apis: deps.apis,
    checkSurroundings,
    preview: async request => {
      await catchUp()
      return preview(request)
    },
    trials,
    clock,
    logger,
    source,
    matching: config.matching,
    viewAlarms: deps.viewAlarms,
    feed: createCustomerFeed({ ...store, form: recordFormOf(config.matching), clock }),
    findFeed: createFindFeed({ feeds: config.admin?.feeds ?? [], findFile: clientId => files.find(clientId)?.client }),
    proxyHops: config.server.proxyHops,
    clientManagement: createClientManagement({ clients: store.clients, fileOf: files.find, clock }),
    upstreams: Object.values(config.upstreams).map(upstream => ({
      issuer: upstream.issuer,
      clientId: upstream.clientId,
    })),
    upstreamHealth: () => [...deps.upstreams].map(([id, { name, health }]) => ({ id, name, ...health() })),
    jwks: () => ({ keys: inSigningOrder(signing.keys()).map(publicHalf) as JWK[] }),
    keys: () =>
      keyRings.flatMap(ring =>
        ring.keys().map(({ jwk: { kid, alg }, state, since, until }) => ({
          ring: ring.name,
          kid,
          alg,
          state,
          since,
          ...(until !== undefined && { until }),
        })),
      ),
    console: plane =>
      createConsole({
        plane,
        issuer,
        origin,
        clock,
        logger,
        assets: pageKit.assets,
        render: pageKit.pages.renderConsole,
        artifacts: store.artifacts,
        audit: store.audit,
      }),
  })
}
