import type { Middleware } from 'koa'
import type Provider from 'oidc-provider'
import type { ApiRegistry } from '#src/clients/api-registry.ts'
import { createCheckClientSecret } from '#src/clients/check-client-secret.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { UpstreamPolicy } from '#src/clients/upstream-policy.ts'
import type { Config } from '#src/config/schema.ts'
import type { PrivateJwk } from '#src/crypto/key-ring/private-jwk.ts'
import type { WatchedKeyRing } from '#src/crypto/key-ring/watch-key-ring.ts'
import { loadSecret } from '#src/crypto/load-secret.ts'
import { inSigningOrder } from '#src/crypto/signing-keys.ts'
import type { NoteRefusal } from '#src/http/error-boundary.ts'
import type { PageResponder } from '#src/http/page-responder.ts'
import type { createExplainLostSession } from '#src/interaction/lost-session.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { PageUpstream } from '#src/pages/view-models.ts'
import type { CountTokens } from '#src/provider/count-tokens.ts'
import { createProvider } from '#src/provider/create-provider.ts'
import type { DevicePages } from '#src/provider/device/device-flow.ts'
import type { StartInteraction } from '#src/provider/interaction-url.ts'
import type { LogoutPages } from '#src/provider/logout.ts'
import type { CallableNetworks } from '#src/provider/outgoing/guarded-fetch.ts'
import type { RenderOAuthError } from '#src/provider/render-error.ts'
import type { RequestLimiter } from '#src/provider/request-limits.ts'
import { createSettings } from '#src/provider/settings.ts'
import { createTokenPreview, type PreviewTokens } from '#src/provider/token-preview.ts'
import type { AcceptsMethods } from '#src/rollout/accepted-methods.ts'
import type { Store } from '#src/store/ports/store.ts'
import type { createUnitOfWork } from '#src/store/unit-of-work/create-unit-of-work.ts'

type Deps = {
  readonly config: Config
  readonly store: Store
  readonly unitOfWork: ReturnType<typeof createUnitOfWork>
  readonly clients: ClientRegistry
  readonly apis: ApiRegistry
  readonly signing: WatchedKeyRing<PrivateJwk>
  readonly upstreamPolicy: UpstreamPolicy
  readonly acceptsMethods: AcceptsMethods
  readonly pageUpstreams: ReadonlyMap<string, PageUpstream>
  readonly responder: PageResponder
  /** What may be called of addresses that clients name. */
  readonly callable: CallableNetworks
  readonly limiter: RequestLimiter
  readonly startInteraction: StartInteraction
  readonly explainLostSession: ReturnType<typeof createExplainLostSession>
  /** Runs before the provider's own routes. */
  readonly middleware: readonly Middleware[]
  readonly noteRefusal: NoteRefusal
  readonly countTokens: CountTokens
  readonly clock: Clock
  readonly logger: Logger
}

/** The provider in force, and the function that answers requests with it. */
export type CurrentProvider = {
  readonly current: () => Provider
  readonly preview: PreviewTokens
  readonly handle: () => ReturnType<Provider['callback']>
  /** Makes the provider anew when the signing keys are others than those it was made of. */
  takeOverKeys(): Promise<void>
}

const ofClient = (clientId: string | undefined): { clientId?: string } => (clientId === undefined ? {} : { clientId })

const errorRenderer =
  ({ responder, explainLostSession }: Deps): RenderOAuthError =>
  async (ctx, { error, description, clientId, sessionLost }) => {
    if (sessionLost === undefined) {
      return responder.showError(ctx, new PiasError('oidc.request', [error, description].join(': ')), clientId)
    }
    const lost = await explainLostSession(sessionLost.uid)
    responder.showError(ctx, new PiasError(lost.code), lost.clientId ?? clientId)
  }

const logoutPages = ({ responder }: Deps): LogoutPages => ({
  ask: (ctx, model, clientId) => responder.show(ctx, 'logout', model, ofClient(clientId)),
  done: (ctx, model, clientId) => responder.show(ctx, 'logged-out', model, ofClient(clientId)),
})

const devicePages = ({ responder, pageUpstreams, upstreamPolicy }: Deps): DevicePages => ({
  code: (ctx, model) => responder.show(ctx, 'device-code', model, { switchable: ctx.method === 'GET' }),
  confirm: (ctx, model, clientId) =>
    responder.show(ctx, 'device-confirm', model, {
      clientId,
      upstream: pageUpstreams.get(upstreamPolicy.choose(clientId)),
      switchable: ctx.method === 'GET',
    }),
  done: (ctx, model, clientId) =>
    responder.show(ctx, 'device-done', model, { switchable: false, ...ofClient(clientId) }),
})

/** Makes the provider, and makes it anew when keys change; running requests end on the one they began with. */
export const composeProvider = async (deps: Deps): Promise<CurrentProvider> => {
  const { config, store, unitOfWork, clients, apis, signing, upstreamPolicy, responder, clock, logger } = deps
  const { issuer, lifetimes } = config
  const signingKeys = () => inSigningOrder(signing.keys())
  type Keys = ReturnType<typeof signingKeys>
  const kidsOf = (keys: Keys): string => keys.map(({ kid }) => kid).join()

  const assurances = new Map(
    Object.entries(config.identityAssurance).map(([id, assurance]) => [
      id,
      { ...assurance, organization: deps.pageUpstreams.get(id)?.name ?? id },
    ]),
  )

  const make = async (keys: Keys): Promise<Provider> =>
    createProvider({
      issuer,
      settings: createSettings({
        https: issuer.startsWith('https:'),
        lifetimes,
        cookieSecrets: [config.cookieKey ?? (await loadSecret(store.keys, 'cookies'))],
        pairwiseSecret: await loadSecret(store.keys, 'pairwise'),
        findKnown: store.accounts.find,
        signingKeys: keys,
        implicit: Object.values(config.registration?.policies ?? {}).some(policy => policy.implicit),
        mayUseUpstream: upstreamPolicy.isAllowed,
        callable: deps.callable,
        mayUse: deps.acceptsMethods,
      }),
      proxyHops: config.server.proxyHops,
      accounts: store.accounts,
      artifacts: unitOfWork.artifacts,
      grants: store.grants,
      consents: store.consents,
      logouts: store.logouts,
      limits: store.limits,
      limiter: deps.limiter,
      unitOfWork,
      refreshSecret: await loadSecret(store.keys, 'refresh'),
      dpopNonceSecret: Buffer.from(await loadSecret(store.keys, 'dpop-nonces'), 'base64url'),
      findClient: clients.find,
      refreshClients: () => clients.refresh({ now: true }),
      checkClientSecret: createCheckClientSecret({ registry: clients, clients: store.clients, clock }),
      clients: store.clients,
      registrationPolicies: config.registration?.policies ?? {},
      assurances,
      findApi: apis.find,
      apis: apis.all,
      accessTokenLifetime: lifetimes.accessToken,
      startInteraction: deps.startInteraction,
      renderOAuthError: errorRenderer(deps),
      logoutPages: logoutPages(deps),
      // Not in another language: asking for the same address again would do something else.
      showPassingForm: (ctx, form) => responder.show(ctx, 'auto-submit', form, { switchable: false }),
      devicePages: devicePages(deps),
      middleware: deps.middleware,
      noteRefusal: deps.noteRefusal,
      noteDevice: ({ accountId, clientId, device }) => {
        const app = clients.find(clientId)?.client_name ?? clientId
        const data = { app, device: device ?? app }
        return store.audit.append([{ at: clock(), type: 'device.connected', accountId, clientId, data }])
      },
      countTokens: deps.countTokens,
      clock,
      logger,
    })

  const inForce = async () => {
    const keys = signingKeys()
    const provider = await make(keys)
    return { kids: kidsOf(keys), provider, handle: provider.callback() }
  }
  let now = await inForce()
  return {
    current: () => now.provider,
    preview: createTokenPreview({
      current: () => now.provider,
      accounts: store.accounts,
      assurances,
      findApi: apis.find,
      lifetimes,
      clock,
      upstreamOf: upstreamPolicy.choose,
    }),
    handle: () => now.handle,
    takeOverKeys: async () => {
      if (kidsOf(signingKeys()) !== now.kids) now = await inForce()
    },
  }
}
