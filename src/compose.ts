import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Context, Middleware } from 'koa'
import type Provider from 'oidc-provider'
import { createConsents } from '#src/accounts/consents.ts'
import { openApiRegistry } from '#src/clients/api-registry.ts'
import { openClientBrands, policyLinks, startableApps } from '#src/clients/client-brand.ts'
import { openClientRegistry } from '#src/clients/client-registry.ts'
import { openUpstreamPolicy } from '#src/clients/upstream-policy.ts'
import { type Config, isLoopbackHttp } from '#src/config/schema.ts'
import { createKeyJobs } from '#src/crypto/key-ring/key-jobs.ts'
import { watchKeyRing } from '#src/crypto/key-ring/watch-key-ring.ts'
import { loadSecret } from '#src/crypto/load-secret.ts'
import { inSigningOrder, openSigningKeys } from '#src/crypto/signing-keys.ts'
import { openCustomerSources } from '#src/customers/registry.ts'
import { errorBoundary } from '#src/http/error-boundary.ts'
import { hostCheck } from '#src/http/host-check.ts'
import { createLoadShedding } from '#src/http/load-shedding.ts'
import { createPageResponder } from '#src/http/page-responder.ts'
import { createPublicDocuments } from '#src/http/public-documents.ts'
import { requestId } from '#src/http/request-id.ts'
import { securityHeaders } from '#src/http/security-headers.ts'
import { staticAssets } from '#src/http/static-assets.ts'
import { createStylePages } from '#src/http/style-pages.ts'
import { createAttempts } from '#src/interaction/attempts.ts'
import { createBrowserBinding } from '#src/interaction/browser-binding.ts'
import { createConsentData } from '#src/interaction/consent-data.ts'
import { createExplainLostSession } from '#src/interaction/lost-session.ts'
import { createInteractionRoutes } from '#src/interaction/routes/interaction-routes.ts'
import { createStartInteraction } from '#src/interaction/start-interaction.ts'
import { createUpstreamOf } from '#src/interaction/upstream-of.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import { createOpenNewAccount } from '#src/linking/open-new-account.ts'
import { createProveCustomer } from '#src/linking/prove-customer.ts'
import { createResolveLink } from '#src/linking/resolve-link.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import { watchEventLoop } from '#src/operations/event-loop-delay.ts'
import { health } from '#src/operations/health.ts'
import { onOneNode } from '#src/operations/jobs.ts'
import { createAssets } from '#src/pages/assets.ts'
import { loadBrand } from '#src/pages/brand.ts'
import { createImages } from '#src/pages/images.ts'
import { createNotifications } from '#src/pages/notifications/create-notifications.ts'
import { createPages } from '#src/pages/render.ts'
import type { PageUpstream } from '#src/pages/view-models.ts'
import { createProvider } from '#src/provider/create-provider.ts'
import { createInteractionGate } from '#src/provider/interaction-gate.ts'
import { createUnitOfWorkMiddleware } from '#src/provider/middleware/unit-of-work.ts'
import { createLogoutDelivery } from '#src/provider/sessions/logout-delivery.ts'
import { createSettings } from '#src/provider/settings.ts'
import { openEncryptedStore } from '#src/store/encrypted/open-encrypted-store.ts'
import type { Store } from '#src/store/ports/store.ts'
import { createUnitOfWork } from '#src/store/unit-of-work/create-unit-of-work.ts'
import { createUpstreamRoutes } from '#src/upstream/public-routes.ts'
import { upstreamUrls } from '#src/upstream/public-urls.ts'
import { openUpstreams } from '#src/upstream/registry.ts'

/** A node, ready to be given requests. */
export type Pias = {
  readonly store: Store
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
  /** From now on the node says that it is not ready, and asks for each connection to be closed after its answer. */
  drain(): void
  /** What the node does beside requests, once somebody starts it. */
  readonly jobs: readonly Job[]
  close(): Promise<void>
}

const VIEWS = join(import.meta.dirname, '..', 'views')

/** Random, never reused, and longer than anybody can guess: the public `sub` of tokens. */
const newAccountId = (): AccountId => randomBytes(16).toString('base64url') as AccountId

/**
 * Joins the stations. Reads like the walk of a login: store, clients, upstream, matching and linking, the hosted
 * journey, and around it the provider.
 */
export const compose = async (config: Config, deps: { clock: Clock; logger: Logger }): Promise<Pias> => {
  const { clock, logger } = deps
  const { issuer, lifetimes } = config
  const https = issuer.startsWith('https:')
  const clients = openClientRegistry({ dir: config.clientsDir, clock, logger })
  const apis = openApiRegistry({ dir: config.apisDir, clock, logger })
  const development = config.environment === 'development'
  const store = await openEncryptedStore(config, {
    dataDir: config.dataDir,
    clock,
    migrate: development,
    makeKek: development,
    onKekTrouble: error =>
      logger.warn({ event: 'kek_unavailable', cause: String(error) }, 'the key-encryption key does not answer'),
    node: true,
  })
  // Whoever changes an attempt is about to end its interaction, which has the same id.
  const unitOfWork = createUnitOfWork(store, { companionOf: uid => ({ model: 'Interaction', id: uid }) })
  const source = await openCustomerSources({ customers: store.customers })
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

  const assets = createAssets({ dir: join(VIEWS, 'assets') })
  const images = createImages({ dir: config.pages.imagesDir })
  const brand = loadBrand(config.pages.brand, images.find)
  const pages = createPages({ viewsDir: VIEWS, assets, brand })
  const notifications = createNotifications({ viewsDir: VIEWS, host: new URL(issuer).hostname, brand })
  const brandOf = openClientBrands({ clients, findImage: images.find })
  const responder = createPageResponder({
    pages,
    brandOf,
    startableApps: () => startableApps(clients),
    defaultLocale: config.pages.defaultLocale,
    https,
  })

  const linking = {
    accounts: store.accounts,
    audit: store.audit,
    limits: store.limits,
    source,
    clock,
    newAccountId,
    logger,
    matching: config.matching,
    modelInForce: createModelInForce({ keys: store.keys, clock }),
  }
  const binding = createBrowserBinding({ https, ttlSeconds: lifetimes.interaction })
  let provider: Provider
  let handle: Pias['handle']
  const gate = createInteractionGate(() => provider)
  const steps = {
    attempts: createAttempts(unitOfWork.attempts, lifetimes.interaction),
    upstreamOf: createUpstreamOf({
      upstreams: new Map([...upstreams].map(([id, { idp }]) => [id, idp])),
      isAllowed: upstreamPolicy.isAllowed,
    }),
    callbackUrl: (upstream: string) => upstreamUrls(issuer, upstream).callback,
    resolveLink: createResolveLink(linking),
    proveCustomer: createProveCustomer(linking),
    openNewAccount: createOpenNewAccount(linking),
    giveConsent: createConsents({ ...store, clock }).give,
    finish: gate.finish,
    issuer,
    binding,
    clock,
    logger,
  }
  const startInteraction = createStartInteraction({
    ...steps,
    chooseLocale: responder.localeOf,
    upstreamFor: upstreamPolicy.choose,
    consentData: createConsentData({
      claimsOf: async id => (await store.accounts.find(id))?.claims ?? {},
      apiScope: name =>
        apis
          .all()
          .flatMap(({ scopes }) => scopes)
          .find(scope => scope.name === name),
    }),
  })
  const interactionRoutes = createInteractionRoutes({
    ...steps,
    links: clientId => policyLinks(clients.find(clientId)),
    show: (ctx, attempt, page, model) =>
      responder.show(ctx, page, model, {
        clientId: attempt.clientId,
        upstream: pageUpstreams.get(attempt.upstream),
        locale: attempt.locale,
      }),
  })

  const explainLostSession = createExplainLostSession(steps.attempts)
  const errorPage = (ctx: Context, error: PiasError) => responder.showError(ctx, error, ctx.state.clientId)
  const eventLoop = watchEventLoop()
  let draining = false
  const middleware = [
    requestId,
    securityHeaders({ https }),
    errorBoundary({ renderErrorPage: errorPage, logger }),
    health(() => (draining ? Promise.reject(new PiasError('server.overloaded')) : store.ping())),
    hostCheck(issuer),
    staticAssets(assets),
    ...(config.environment === 'development' ? [createStylePages({ pages, notifications })] : []),
    createLoadShedding(config.server, eventLoop.current),
    createUnitOfWorkMiddleware(unitOfWork),
    createUpstreamRoutes(upstreams).routes() as unknown as Middleware,
    interactionRoutes,
    createPublicDocuments(config.keyRotation),
  ]

  const signingKeys = () => inSigningOrder(signing.keys())
  const kidsOf = (keys: ReturnType<typeof signingKeys>) => keys.map(({ kid }) => kid).join()
  let kidsInUse: string
  /** Makes a new provider from the keys of this moment; running requests end on the old one. */
  const reload = async (): Promise<void> => {
    const keys = signingKeys()
    kidsInUse = kidsOf(keys)
    const settings = createSettings({
      https,
      lifetimes,
      cookieSecrets: [config.cookieKey ?? (await loadSecret(store.keys, 'cookies'))],
      pairwiseSecret: await loadSecret(store.keys, 'pairwise'),
      signingKeys: keys,
      mayUseUpstream: upstreamPolicy.isAllowed,
    })
    provider = createProvider({
      issuer,
      settings,
      proxyHops: config.server.proxyHops,
      accounts: store.accounts,
      artifacts: unitOfWork.artifacts,
      grants: store.grants,
      consents: store.consents,
      logouts: store.logouts,
      unitOfWork,
      refreshSecret: await loadSecret(store.keys, 'refresh'),
      findClient: clients.find,
      findApi: apis.find,
      apis: apis.all,
      accessTokenLifetime: lifetimes.accessToken,
      startInteraction,
      renderOAuthError: async (ctx, { error, description, clientId, sessionLost }) => {
        if (sessionLost === undefined) {
          return responder.showError(ctx, new PiasError('oidc.request', [error, description].join(': ')), clientId)
        }
        const lost = await explainLostSession(sessionLost.uid)
        responder.showError(ctx, new PiasError(lost.code), lost.clientId ?? clientId)
      },
      logoutPages: {
        ask: (ctx, model, clientId) => responder.show(ctx, 'logout', model, clientId === undefined ? {} : { clientId }),
        done: (ctx, model, clientId) =>
          responder.show(ctx, 'logged-out', model, clientId === undefined ? {} : { clientId }),
      },
      showPassingForm: (ctx, form) => responder.show(ctx, 'auto-submit', form),
      devicePages: {
        code: (ctx, model) => responder.show(ctx, 'device-code', model, { switchable: ctx.method === 'GET' }),
        confirm: (ctx, model, clientId) =>
          responder.show(ctx, 'device-confirm', model, {
            clientId,
            upstream: pageUpstreams.get(upstreamPolicy.choose(clientId)),
            switchable: ctx.method === 'GET',
          }),
        done: (ctx, model, clientId) =>
          responder.show(ctx, 'device-done', model, {
            switchable: false,
            ...(clientId === undefined ? {} : { clientId }),
          }),
      },
      limits: store.limits,
      middleware,
      clock,
      logger,
    })
    handle = provider.callback()
  }
  await reload()
  const logoutDelivery = createLogoutDelivery({ current: () => provider, ...store, clock, logger })

  const keyJobs = createKeyJobs({
    rings: [signing, ...[...upstreams.values()].flatMap(({ keyRing }) => keyRing ?? [])],
    refreshMs: config.keyRotation.refresh * 1000,
    takeOver: async () => {
      if (kidsOf(signingKeys()) !== kidsInUse) await reload()
    },
    logger,
  })

  return {
    store,
    handle: (request, response) => {
      if (draining) response.setHeader('Connection', 'close')
      handle(request, response)
    },
    drain: () => {
      draining = true
    },
    jobs: [logoutDelivery.job, keyJobs.refresh, onOneNode(keyJobs.rotate, store.limits)],
    close: async () => {
      eventLoop.close()
      await logoutDelivery.settled()
      await store.close()
    },
  }
}

/** Whether a node listens on loopback only unless told otherwise: plain HTTP is for this machine alone. */
export const listensOnLoopback = (config: Config): boolean => isLoopbackHttp(config.issuer) && !config.server.proxyHops
