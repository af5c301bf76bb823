import type { JSONWebKeySet } from 'jose'
import type { Context, Middleware } from 'koa'
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import type { ApiMetadata } from '#src/clients/api-metadata.ts'
import type { CheckClientSecret } from '#src/clients/check-client-secret.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId, Acr } from '#src/kernel/identity.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createIntrospection } from '#src/provider/apis/introspection.ts'
import { createResourceIndicators, type FindApi } from '#src/provider/apis/resource-servers.ts'
import { createTokenClaims } from '#src/provider/apis/token-claims.ts'
import { registerTokenExchange } from '#src/provider/apis/token-exchange.ts'
import { type ConsentRules, createConsentRules, scopesOf } from '#src/provider/consent/consent-rules.ts'
import { correctDiscovery } from '#src/provider/middleware/discovery.ts'
import { createLibraryPages, type PassingForm } from '#src/provider/middleware/library-pages.ts'
import { replaceOtherPerson } from '#src/provider/middleware/other-person.ts'
import { postAsGet } from '#src/provider/middleware/post-as-get.ts'
import { createResponseModes } from '#src/provider/middleware/response-modes.ts'
import { createWatchLogins, markAnswers } from '#src/provider/middleware/watch-logins.ts'
import { demandOf, reportedAcr } from '#src/provider/policy/demand.ts'
import type { RegistrationPolicy } from '#src/provider/registration/register-client.ts'
import { createRegisteredClients, type Registrations } from '#src/provider/registration/registered-clients.ts'
import {
  createAnswerRegistration,
  createRegistration,
  requirePolicies,
} from '#src/provider/registration/registration-feature.ts'
import { noteSessionEnds } from '#src/provider/sessions/session-ends.ts'
import { createAdapter } from '#src/provider/store/adapter.ts'
import { checkCodeSessionsLate } from '#src/provider/store/code-session.ts'
import { rememberEndedSessions } from '#src/provider/store/ended-sessions.ts'
import { createRedemptions } from '#src/provider/store/redemption.ts'
import { createRefreshSuccession, nameSuccessors } from '#src/provider/store/refresh-succession.ts'
import { createReplayDetection } from '#src/provider/store/replay-detection.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { ClientsPort } from '#src/store/ports/clients.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'
import type { UnitOfWork } from '#src/store/ports/unit-of-work.ts'
import { createAssertClaims } from './claims-parameter.ts'
import { isFapi2 } from './client-assertions.ts'
import { compareSecretsByHash } from './compare-secrets.ts'
import { createDeviceFlow, type DevicePages, deviceRoutes } from './device/device-flow.ts'
import { createDeviceLimits } from './device/device-limits.ts'
import { guardDeviceCodes } from './device/guard-device-codes.ts'
import { createFindAccount, createIsGood } from './find-account.ts'
import { createLoadExistingGrant } from './grants.ts'
import { logEvents } from './log-events.ts'
import { createLogoutFeature, type LogoutPages, skipEmptyLogout } from './logout.ts'
import { type CountRequest, createRequestLimits } from './request-limits.ts'
import { assertRequestObject } from './request-objects.ts'
import { identifyAllSubjects } from './subjects.ts'
import { type IdentityAssurances, verifiedClaimsMetadata } from './verified-claims.ts'

/** What the interaction station needs to begin; the answer is the URL the browser is sent to. */
export type StartInteraction = (
  ctx: Context,
  request: {
    uid: string
    returnTo: string
    prompt: string
    clientId: string
    uiLocales?: string
    /** The level that is wanted most. */
    acr?: Acr
    /** Seconds that may have passed since the person was authenticated. */
    maxAge?: number
    /** What a person is asked to let the app have, and what it has already. */
    consent?: { accountId: AccountId; scopes: readonly string[]; given: readonly string[]; thirdParty: boolean }
    upstreamHint?: string
    /** Who is logged in in this browser, although that is not enough. */
    knownAccount?: AccountId
  },
) => Promise<string>

/**
 * Shows an OAuth error that cannot go back to the app. `sessionLost`: the interaction `uid` is gone at the provider, or
 * belongs to another browser.
 */
export type RenderOAuthError = (
  ctx: Context,
  error: { error: string; description?: string; clientId?: string; sessionLost?: { uid?: string } },
) => Promise<void>

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const optional = <Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]: string })

/** What failed on our side is no error of the app's request: the error boundary has a page and a status for it. */
const throwOwnFailure = (error: Error, oauthCode: string): void => {
  const own = [error, error.cause].find(one => one instanceof PiasError)
  if (own !== undefined) throw own
  if (oauthCode === 'server_error') throw new PiasError('server.failed', undefined, { cause: error })
}

type InteractionDeps = {
  startInteraction: StartInteraction
  unitOfWork: UnitOfWork
  consents: Pick<ConsentsPort, 'find'>
  rules: ConsentRules
  findClient: (clientId: string) => ClientMetadata | undefined
}

/** What the person is asked to let the app have; nothing where none of it needs to be asked. */
const askedConsent = async (
  ctx: KoaContextWithOIDC,
  { consents, rules, findClient }: Omit<InteractionDeps, 'startInteraction' | 'unitOfWork'>,
) => {
  const { client, account } = ctx.oidc
  if (client === undefined || account === undefined) return undefined
  const scopes = rules.needing(client.clientId, scopesOf(ctx))
  if (scopes.length === 0) return undefined
  const accountId = account.accountId as AccountId
  const given = await consents.find(accountId, client.clientId).catch(asUnavailable)
  const thirdParty = findClient(client.clientId)?.pias_first_party !== true
  return { accountId, scopes, given: given?.scopes ?? [], thirdParty }
}

const interactionUrl =
  ({ startInteraction, unitOfWork, consents, rules, findClient }: InteractionDeps) =>
  async (ctx: KoaContextWithOIDC, interaction: InstanceType<Provider['Interaction']>): Promise<string> => {
    const {
      acrs: [acr],
      maxAge,
    } = demandOf(ctx)
    const consent =
      interaction.prompt.name === 'consent' ? await askedConsent(ctx, { consents, rules, findClient }) : undefined
    const known = ctx.oidc.session?.accountId
    const url = await startInteraction(ctx, {
      uid: interaction.uid,
      returnTo: interaction.returnTo,
      prompt: interaction.prompt.name,
      clientId: String(interaction.params.client_id),
      ...optional('uiLocales', text(interaction.params.ui_locales)),
      ...(acr === undefined ? {} : { acr }),
      ...(maxAge === undefined ? {} : { maxAge }),
      ...(consent === undefined ? {} : { consent }),
      ...optional('upstreamHint', text(interaction.params.pias_upstream)),
      ...(known === undefined ? {} : { knownAccount: known as AccountId }),
    }).catch(async error => {
      // What was gathered for it fails here, not when the answer is made already.
      await unitOfWork.flush().catch(() => undefined)
      return asUnavailable(error)
    })
    // While the library can still tell the app that it failed.
    await unitOfWork.flush().catch(asUnavailable)
    return url
  }

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
  countRequest: CountRequest
  middleware: readonly Middleware[]
  clock: Clock
  logger: Logger
}): Provider => {
  const { settings } = deps
  const hasVerified = deps.assurances.size > 0
  const rules = createConsentRules({
    isFirstParty: clientId => deps.findClient(clientId)?.pias_first_party === true,
    apis: deps.apis,
  })
  const isGood = createIsGood({ ...deps, rules })
  const { extraTokenClaims, setActor } = createTokenClaims()
  const redemptions = createRedemptions(deps.unitOfWork)
  const succession = createRefreshSuccession({ ...deps, secret: deps.refreshSecret })
  const registrations: Registrations = new WeakMap()
  const registered = createRegisteredClients({ ...deps, registrations })
  const renderError: NonNullable<Configuration['renderError']> = async (ctx, out, error) => {
    throwOwnFailure(error, out.error)
    await deps.renderOAuthError(ctx, {
      error: out.error,
      ...optional('description', out.error_description),
      ...optional('clientId', ctx.oidc?.client?.clientId),
      ...(error.name === 'SessionNotFound' ? { sessionLost: optional('uid', text(ctx.params?.uid)) } : {}),
    })
  }
  const limitRequests = createRequestLimits(deps.countRequest)
  const findAccount = createFindAccount({ ...deps, isGood })
  const provider: Provider = new Provider(deps.issuer, {
    ...settings,
    claims: { ...settings.claims, ...(hasVerified && { verified_claims: null }) },
    discovery: { ...settings.discovery, ...verifiedClaimsMetadata(deps.assurances) },
    adapter: createAdapter({ ...deps, limitRequests, redemptions, succession, registered }),
    extraTokenClaims,
    loadExistingGrant: createLoadExistingGrant({ ...deps, rules }),
    findAccount: (ctx, sub, token) => {
      limitRequests('account', sub)
      return findAccount(ctx, sub, token)
    },
    interactions: { ...settings.interactions, url: interactionUrl({ ...deps, rules }) },
    renderError,
    features: {
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true, assertClaimsParameter: createAssertClaims(hasVerified) },
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: createDeviceFlow({
        pages: deps.devicePages,
        nameOf: async id => (await deps.accounts.find(id as AccountId).catch(asUnavailable))?.claims.name,
        renderError,
      }),
      dPoP: {
        enabled: true,
        nonceSecret: deps.dpopNonceSecret,
        // Known where clients authenticate; at userinfo the proof is looked at before the token.
        requireNonce: ctx => ctx.oidc.client?.pias_dpop_nonce_required === true,
      },
      encryption: { enabled: true },
      fapi: { enabled: true, profile: (_ctx, client) => (isFapi2(client) ? '2.0' : undefined) },
      jwtUserinfo: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: true, assertJwtClaimsAndHeader: assertRequestObject },
      ...createRegistration(deps.registrationPolicies, registrations),
      introspection: createIntrospection({ ...deps, isGood }),
      resourceIndicators: createResourceIndicators({ findApi: deps.findApi, lifetime: deps.accessTokenLifetime }),
      revocation: {
        enabled: true,
        // RFC 7009, 2.1: a client revokes its own tokens and learns nothing of others'.
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: createLogoutFeature(deps.logoutPages),
      userinfo: { enabled: true },
    },
  })

  compareSecretsByHash(provider, deps.checkClientSecret)
  identifyAllSubjects(provider)
  provider.ReplayDetection.unique = createReplayDetection(deps)
  checkCodeSessionsLate(provider, redemptions)
  // After the one above, which needs no second look.
  rememberEndedSessions(provider, deps)
  nameSuccessors(provider, succession)
  requirePolicies(provider, deps.registrationPolicies)
  markAnswers(provider)
  noteSessionEnds(provider, deps)
  const jwks = settings.jwks as JSONWebKeySet
  registerTokenExchange(provider, { ...deps, isGood, jwks, lifetime: deps.accessTokenLifetime, setActor })
  guardDeviceCodes(provider, { limits: createDeviceLimits(deps.limits, deps.clock), artifacts: deps.artifacts })
  Object.defineProperty(provider.OIDCContext.prototype, 'acr', {
    get(this: { readonly ctx: KoaContextWithOIDC }) {
      return reportedAcr(this.ctx)
    },
  })

  if (deps.proxyHops > 0) {
    provider.proxy = true
    provider.maxIpsCount = deps.proxyHops
  }
  logEvents(provider, deps.logger)
  for (const middleware of deps.middleware) provider.use(middleware)
  provider.use(createLibraryPages(deps.showPassingForm))
  provider.use(postAsGet)
  provider.use(createResponseModes(provider))
  provider.use(createAnswerRegistration({ ...deps, registrations }))
  provider.use(correctDiscovery)
  provider.use(deviceRoutes)
  provider.use(skipEmptyLogout)
  provider.use(replaceOtherPerson)
  provider.use(createWatchLogins(deps.logouts))
  return provider
}
