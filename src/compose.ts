import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware } from 'koa'
import { createPasskeys } from '#src/accounts/credentials/passkeys.ts'
import { createAlarms } from '#src/alarms/create-alarms.ts'
import { createAuditJobs } from '#src/audit/create-audit-jobs.ts'
import { createCheckSurroundings, requireSurroundings } from '#src/clients/check-surroundings.ts'
import { openUpstreamPolicy } from '#src/clients/upstream-policy.ts'
import { composeAccount } from '#src/composition/compose-account.ts'
import { composeAdmin } from '#src/composition/compose-admin.ts'
import { composeAppEvents } from '#src/composition/compose-app-events.ts'
import { composeClients } from '#src/composition/compose-clients.ts'
import { composeJourney } from '#src/composition/compose-journey.ts'
import { composeMessages } from '#src/composition/compose-messages.ts'
import { composeMetrics } from '#src/composition/compose-metrics.ts'
import { composePages } from '#src/composition/compose-pages.ts'
import { type CurrentProvider, composeProvider } from '#src/composition/compose-provider.ts'
import { composeRefusals } from '#src/composition/compose-refusals.ts'
import { composeRollout } from '#src/composition/compose-rollout.ts'
import { createCustomerJobs } from '#src/composition/customer-jobs.ts'
import { notePkceWaivers } from '#src/composition/note-pkce-waivers.ts'
import { openNodeStore } from '#src/composition/open-node-store.ts'
import { adminOriginOf, type Config } from '#src/config/schema.ts'
import { createKeyJobs } from '#src/crypto/key-ring/key-jobs.ts'
import { watchKeyRing } from '#src/crypto/key-ring/watch-key-ring.ts'
import { openSigningKeys } from '#src/crypto/signing-keys.ts'
import { openCustomerSources } from '#src/customers/registry.ts'
import { canonicalPath } from '#src/http/canonical-path.ts'
import { errorBoundary } from '#src/http/error-boundary.ts'
import { freshClients } from '#src/http/fresh-clients.ts'
import { hostCheck } from '#src/http/host-check.ts'
import { createLoadShedding } from '#src/http/load-shedding.ts'
import { createOutboxPage } from '#src/http/outbox-page.ts'
import { createPublicDocuments } from '#src/http/public-documents.ts'
import { rateLimits } from '#src/http/rate-limits.ts'
import { requestId } from '#src/http/request-id.ts'
import { securityHeaders } from '#src/http/security-headers.ts'
import { staticAssets } from '#src/http/static-assets.ts'
import { createStylePages } from '#src/http/style-pages.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import { createRateLimiter } from '#src/limits/rate-limiter.ts'
import { toComparablePerson } from '#src/matching/normalise.ts'
import { watchEventLoop } from '#src/operations/event-loop-delay.ts'
import { health } from '#src/operations/health.ts'
import { onOneNode } from '#src/operations/jobs.ts'
import { withDefaults } from '#src/pages/brand.ts'
import type { PageUpstream } from '#src/pages/view-models.ts'
import { createInteractionGate } from '#src/provider/interaction-gate.ts'
import { createUnitOfWorkMiddleware } from '#src/provider/middleware/unit-of-work.ts'
import type { ResolveName } from '#src/provider/outgoing/guarded-fetch.ts'
import { createLogoutDelivery } from '#src/provider/sessions/logout-delivery.ts'
import { createOwnLogins } from '#src/provider/sessions/own-logins.ts'
import type { PreviewTokens } from '#src/provider/token-preview.ts'
import { createTrialGrants } from '#src/provider/trial-grants.ts'
import { createFunnelRetention } from '#src/rollout/funnel-retention.ts'
import type { Store } from '#src/store/ports/store.ts'
import { createUnitOfWork } from '#src/store/unit-of-work/create-unit-of-work.ts'
import { createUpstreamRoutes } from '#src/upstream/public-routes.ts'
import { openUpstreams } from '#src/upstream/registry.ts'

/** A node, ready to be given requests. */
export type Pias = {
  readonly store: Store
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
  /** Answers on the listener of the admin plane, where there is one. */
  readonly handleAdmin?: Pias['handle']
  /** Answers on the listener of whoever scrapes metrics, where there is one. */
  readonly handleMetrics?: Pias['handle']
  /** From now on the node says that it is not ready, and asks for each connection to be closed after its answer. */
  drain(): void
  readonly preview: PreviewTokens
  /** What the node does beside requests, once somebody starts it. */
  readonly jobs: readonly Job[]
  close(): Promise<void>
}

/**
 * Joins the stations. Reads like the walk of a login: store, clients, upstream, matching and linking, the hosted
 * journey, and around it the provider.
 * @param deps.node `false` for a command beside the node that has the store
 * @param deps.resolveName finds the addresses of names that clients gave; by the system unless given
 */
export const compose = async (
  config: Config,
  deps: { clock: Clock; logger: Logger; node?: boolean; resolveName?: ResolveName },
): Promise<Pias> => {
  const { clock, logger, node = true } = deps
  const { issuer, lifetimes, environment } = config
  const adminOrigin = config.admin && adminOriginOf(config.admin)
  const { files, apis, withStore } = composeClients({ config, adminOrigin, clock, logger })
  const development = environment === 'development'
  const metrics = await composeMetrics({
    listens: config.metrics !== undefined && node,
    storeKind: config.store.kind,
    clients: () => clients,
    clock,
  })
  const store = metrics.store(await openNodeStore(config, { clock, logger, node }))
  const clients = await withStore(store)
  await notePkceWaivers(clients.all(), { ...store, clock, logger })
  // Whoever changes an attempt is about to end its interaction, which has the same id.
  const unitOfWork = createUnitOfWork(store, { companionOf: uid => ({ model: 'Interaction', id: uid }) })
  const source = await openCustomerSources(config.customers, {
    ...store,
    clock,
    logger,
    toComparablePerson: record => toComparablePerson(record, config.matching),
  })
  const upstreams = await openUpstreams(config.upstreams, {
    issuer,
    keys: store.keys,
    rotateKeysEveryMs: config.keyRotation.every * 1000,
    artifacts: unitOfWork.artifacts,
    clock,
    logger,
  })
  const signing = await watchKeyRing(
    openSigningKeys({ keys: store.keys, clock, rotation: config.keyRotation, lifetimes }),
    async jwk => jwk,
  )
  const pageUpstreams: ReadonlyMap<string, PageUpstream> = new Map(
    [...upstreams].map(([id, { name, kind }]) => [id, { name, button: kind === 'itsme' ? 'itsme' : 'plain' }]),
  )
  const upstreamPolicy = openUpstreamPolicy({ clients, upstreams: [...upstreams.keys()] })
  const pageKit = composePages(config, clients)
  const { assets, pages, notifications, responder, showError, findImage } = pageKit
  const checkSurroundings = createCheckSurroundings({
    upstreams: [...upstreams.keys()],
    findImage,
    lifetimes,
    apis: apis.all,
  })
  requireSurroundings(clients.ofFiles(), checkSurroundings)
  const party = { name: withDefaults(config.pages.brand).name, origin: issuer }
  const passkeys = createPasskeys({ ...store, party, clock })
  const stations = {
    config,
    store,
    unitOfWork,
    clients,
    apis,
    source,
    upstreams,
    upstreamPolicy,
    pageUpstreams,
    responder,
    passkeys,
    clock,
    logger,
  }

  let provider: CurrentProvider
  const currentProvider = () => provider.current()
  const callable = { ...config.clientCalls, loopbackHttp: development, resolve: deps.resolveName }
  const appEvents = await composeAppEvents({ ...stations, issuer, signing, callable, currentProvider })
  const { sendToApp } = appEvents
  const messages = await composeMessages({ ...stations, notifications, sendToApp, countMessage: metrics.countMessage })
  const refusals = composeRefusals({ audit: store.audit, countRefusal: metrics.countRefusal, clock })
  const noteRefusal = refusals.note
  const rollout = await composeRollout(stations)
  const { rollouts, acceptsMethods, bucketOf, funnel, count } = rollout
  const logins = createOwnLogins({ current: currentProvider, ...store })
  const journey = await composeJourney({
    ...stations,
    policyOf: rollouts.policyOf,
    bucketOf,
    count: at => {
      count(at)
      metrics.countStep(at)
    },
    metrics,
    finish: createInteractionGate(currentProvider).finish,
    findLogin: logins.find,
    messages,
    noteRefusal,
  })
  const account = await composeAccount({ ...stations, logins, putOff: journey.putOff, acceptsMethods })

  const limiter = createRateLimiter({
    limits: store.limits,
    perMinute: config.rateLimits,
    refused: metrics.countLimit,
    clock,
  })
  const eventLoop = watchEventLoop()
  let draining = false
  const middleware = [
    ...metrics.middleware,
    requestId,
    securityHeaders({ https: issuer.startsWith('https:') }),
    errorBoundary({ renderErrorPage: showError, noteRefusal, logger }),
    health(() => (draining ? Promise.reject(new PiasError('server.overloaded')) : store.ping())),
    hostCheck(issuer),
    staticAssets(assets),
    canonicalPath,
    rateLimits(limiter),
    ...(development
      ? [createStylePages({ pages, notifications }), createOutboxPage({ pages, list: messages.outbox.list })]
      : []),
    createLoadShedding(config.server, eventLoop.current),
    freshClients(clients),
    createUnitOfWorkMiddleware(unitOfWork),
    createUpstreamRoutes(upstreams).routes() as unknown as Middleware,
    journey.routes,
    account.routes,
    createPublicDocuments(config.keyRotation),
  ]
  provider = await composeProvider({
    ...stations,
    acceptsMethods,
    signing,
    callable,
    limiter,
    startInteraction: journey.start,
    explainLostSession: journey.explainLostSession,
    middleware,
    noteRefusal,
    countTokens: metrics.countTokens,
  })

  const logoutDelivery = createLogoutDelivery({ current: provider.current, ...store, clock, logger })
  const upstreamKeyRings = [...upstreams.values()].flatMap(({ keyRing }) => keyRing ?? [])
  const keyRings = [signing, ...upstreamKeyRings]
  const keyJobs = createKeyJobs({
    rings: keyRings,
    refreshMs: config.keyRotation.refresh * 1000,
    takeOver: provider.takeOverKeys,
    logger,
  })

  const auditJobs = await createAuditJobs({ store, keepDays: config.audit.keepDays, clock, logger })

  const alarms = createAlarms({ ...store, thresholds: config.alarms, clock, logger })
  metrics.watch({ keyRings, store, viewAlarms: alarms.view })

  const admin =
    adminOrigin &&
    (await composeAdmin({
      ...stations,
      origin: adminOrigin,
      files,
      checkSurroundings,
      rollouts,
      signing,
      keyRings,
      preview: provider.preview,
      viewAlarms: alarms.view,
      trialGrants: createTrialGrants(currentProvider),
      pageKit,
    }))

  return {
    store,
    ...(admin && { handleAdmin: admin.handle }),
    ...(metrics.handle && { handleMetrics: metrics.handle }),
    handle: (request, response) => {
      if (draining) response.setHeader('Connection', 'close')
      provider.handle()(request, response)
    },
    preview: provider.preview,
    drain: () => {
      draining = true
    },
    jobs: [
      logoutDelivery.job,
      funnel.job,
      messages.delivery.job,
      keyJobs.refresh,
      auditJobs.seal,
      limiter.job,
      refusals.job,
    ]
      .map(metrics.job)
      .concat(
        [
          keyJobs.rotate,
          auditJobs.watch,
          auditJobs.retain,
          createFunnelRetention({ ...store, keepDays: config.audit.keepDays, clock }),
          alarms.job,
          account.job,
          messages.tellPeople,
          appEvents.tellApps,
          ...createCustomerJobs(stations),
        ].map(job => onOneNode(metrics.job(job), store.limits)),
      ),
    close: async () => {
      eventLoop.close()
      await Promise.all([logoutDelivery.settled(), messages.delivery.settled()])
      await Promise.allSettled([funnel.flush(), refusals.flush()])
      await store.close()
    },
  }
}
