import type { JSONWebKeySet } from 'jose'
import type { Context, Middleware } from 'koa'
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import type { ApiMetadata } from '#src/clients/api-metadata.ts'
import type { CheckClientSecret } from '#src/clients/check-client-secret.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import type { NoteRefusal } from '#src/http/error-boundary.ts'
import { logLostAnswers } from '#src/http/log-lost-answers.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { FindApi } from '#src/provider/apis/resource-servers.ts'
import { createTokenClaims } from '#src/provider/apis/token-claims.ts'
import { registerTokenExchange } from '#src/provider/apis/token-exchange.ts'
import { createConsentRules } from '#src/provider/consent/consent-rules.ts'
import { correctDiscovery } from '#src/provider/middleware/discovery.ts'
import { createLibraryPages, type PassingForm } from '#src/provider/middleware/library-pages.ts'
import { replaceOtherPerson } from '#src/provider/middleware/other-person.ts'
import { postAsGet } from '#src/provider/middleware/post-as-get.ts'
import { createResponseModes } from '#src/provider/middleware/response-modes.ts'
import { createWatchLogins, markAnswers } from '#src/provider/middleware/watch-logins.ts'
import { reportedAcr } from '#src/provider/policy/demand.ts'
import type { RegistrationPolicy } from '#src/provider/registration/register-client.ts'
import { createRegisteredClients, type Registrations } from '#src/provider/registration/registered-clients.ts'
import { createAnswerRegistration, requirePolicies } from '#src/provider/registration/registration-feature.ts'
import { noteSessionEnds } from '#src/provider/sessions/session-ends.ts'
import { createAdapter } from '#src/provider/store/adapter.ts'
import { checkCodeSessionsLate } from '#src/provider/store/code-session.ts'
import { rememberEndedSessions } from '#src/provider/store/ended-sessions.ts'
import { createReadAhead } from '#src/provider/store/read-ahead.ts'
import { createRedemptions } from '#src/provider/store/redemption.ts'
import { createRefreshSuccession, nameSuccessors } from '#src/provider/store/refresh-succession.ts'
import { createReplayDetection } from '#src/provider/store/replay-detection.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { ClientsPort } from '#src/store/ports/clients.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'
import type { UnitOfWork } from '#src/store/ports/unit-of-work.ts'
import { compareSecretsByHash } from './compare-secrets.ts'
import { type CountTokens, countTokens } from './count-tokens.ts'
import { type DevicePages, deviceRoutes } from './device/device-flow.ts'
import { createDeviceLimits } from './device/device-limits.ts'
import { type ConnectedDevice, guardDeviceCodes } from './device/guard-device-codes.ts'
import { demandNonces } from './dpop-nonces.ts'
import { createFeatures } from './features.ts'
import { createFindAccount, createIsStillValid } from './find-account.ts'
import { createLoadExistingGrant } from './grants.ts'
import { createInteractionUrl, type StartInteraction } from './interaction-url.ts'
import { logEvents } from './log-events.ts'
import { type LogoutPages, skipEmptyLogout } from './logout.ts'
import { refuseOtherGrants } from './refuse-other-grants.ts'
import { createRenderError, type RenderOAuthError } from './render-error.ts'
import { createRequestLimits, type RequestLimiter } from './request-limits.ts'
import { identifyAllSubjects } from './subjects.ts'
import { type IdentityAssurances, verifiedClaimsMetadata } from './verified-claims.ts'

/**
 * The public Koa host: oidc-provider with our store, claims, pages and, before its own routes, our middleware.
 * Cheap to make anew (about a millisecond), which is how keys and settings change without a restart.
 */
export const createProvider = (deps: {
  issuer: string
  settings: Configuration
  proxyHops: number
  accounts: AccountsPort
  artifacts: ArtifactsPort
  grants: ArtifactsPort
  consents: ConsentsPort
  logouts: LogoutsPort
  unitOfWork: UnitOfWork
  /** Secret that names the successors of refresh tokens. */
  refreshSecret: string
  /** Secret of the nonces for DPoP proofs, 32 bytes, shared by all nodes. */
  dpopNonceSecret: Buffer
  findClient: (clientId: string) => ClientMetadata | undefined
  /** Learns what other nodes wrote of clients. */
  refreshClients: () => Promise<void>
  checkClientSecret: CheckClientSecret
  /** Where clients that register by themselves are kept, and what they may become, by the names of policies. */
  clients: Pick<ClientsPort, 'find' | 'put'>
  registrationPolicies: Readonly<Record<string, RegistrationPolicy>>
  assurances: IdentityAssurances
  findApi: FindApi
  apis: () => readonly ApiMetadata[]
  /** Life of an opaque access token, in seconds. */
  accessTokenLifetime: number
  startInteraction: StartInteraction
  renderOAuthError: RenderOAuthError
  logoutPages: LogoutPages
  /** Shows a form of the library's that only passes something on. */
  showPassingForm: (ctx: Context, form: PassingForm) => void
  devicePages: DevicePages
  limits: LimitsPort
  /** Counts requests of clients and accounts. */
  limiter: RequestLimiter
  middleware: readonly Middleware[]
  noteRefusal: NoteRefusal
  /** Notes that somebody let a device in. */
  noteDevice: (connected: ConnectedDevice) => Promise<void>
  countTokens: CountTokens
  clock: Clock
  logger: Logger
}): Provider => {
  const { settings } = deps
  const hasVerified = deps.assurances.size > 0
  const rules = createConsentRules({
    isFirstParty: clientId => deps.findClient(clientId)?.pias_first_party === true,
    apis: deps.apis,
  })
  const isStillValid = createIsStillValid({ ...deps, rules })
  const { extraTokenClaims, setActor } = createTokenClaims()
  const redemptions = createRedemptions(deps.unitOfWork)
  const succession = createRefreshSuccession({ ...deps, secret: deps.refreshSecret })
  const registrations: Registrations = new WeakMap()
  const registered = createRegisteredClients({ ...deps, registrations })
  const renderError = createRenderError(deps.renderOAuthError)
  const limitRequests = createRequestLimits(deps.limiter)
  const { expect, findAccount: find, grants } = createReadAhead(deps)
  const findAccount = createFindAccount({ ...deps, accounts: { ...deps.accounts, find }, isStillValid })
  const provider: Provider = new Provider(deps.issuer, {
    ...settings,
    claims: { ...settings.claims, ...(hasVerified && { verified_claims: null }) },
    discovery: { ...settings.discovery, ...verifiedClaimsMetadata(deps.assurances) },
    adapter: createAdapter({ ...deps, grants, expect, limitRequests, redemptions, succession, registered }),
    extraTokenClaims,
    loadExistingGrant: createLoadExistingGrant({ ...deps, rules }),
    findAccount: (ctx, sub, token) => {
      limitRequests('account', sub)
      return findAccount(ctx, sub, token)
    },
    interactions: { ...settings.interactions, url: createInteractionUrl({ ...deps, rules }) },
    renderError,
    features: createFeatures({ ...deps, isStillValid, registrations, registered, renderError }),
  })

  compareSecretsByHash(provider, deps.checkClientSecret)
  identifyAllSubjects(provider)
  refuseOtherGrants(provider)
  demandNonces(provider, deps.findClient)
  provider.ReplayDetection.unique = createReplayDetection(deps)
  checkCodeSessionsLate(provider, redemptions)
  // After the one above, which needs no second look.
  rememberEndedSessions(provider, { ...deps, expect })
  nameSuccessors(provider, succession)
  requirePolicies(provider, deps.registrationPolicies)
  markAnswers(provider)
  noteSessionEnds(provider, deps)
  const jwks = settings.jwks as JSONWebKeySet
  registerTokenExchange(provider, { ...deps, isStillValid, jwks, lifetime: deps.accessTokenLifetime, setActor })
  const { artifacts, noteDevice } = deps
  guardDeviceCodes(provider, { limits: createDeviceLimits(deps.limits, deps.clock), artifacts, noteDevice })
  Object.defineProperty(provider.OIDCContext.prototype, 'acr', {
    get(this: { readonly ctx: KoaContextWithOIDC }) {
      return reportedAcr(this.ctx)
    },
  })

  if (deps.proxyHops > 0) {
    provider.proxy = true
    provider.maxIpsCount = deps.proxyHops
  }
  logEvents(provider, deps)
  countTokens(provider, deps.countTokens)
  logLostAnswers(provider, deps.logger)
  for (const middleware of deps.middleware) provider.use(middleware)
  provider.use(createLibraryPages(deps.showPassingForm))
  provider.use(postAsGet)
  provider.use(createResponseModes(provider))
  provider.use(createAnswerRegistration({ ...deps, registrations }))
  provider.use(correctDiscovery)
  provider.use(deviceRoutes)
  provider.use(skipEmptyLogout)
  provider.use(replaceOtherPerson)
  provider.use(createWatchLogins(deps))
  return provider
}
