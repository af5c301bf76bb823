import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyParser } from '@koa/bodyparser'
import type { JSONWebKeySet } from 'jose'
import Koa, { type Middleware } from 'koa'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import { createLinkChanges } from '#src/accounts/link-changes.ts'
import { newAccountId } from '#src/accounts/new-account-id.ts'
import type { ViewAlarms } from '#src/alarms/create-alarms.ts'
import { createTrailState } from '#src/audit/trail-state.ts'
import type { ApiRegistry } from '#src/clients/api-registry.ts'
import type { CheckSurroundings } from '#src/clients/check-surroundings.ts'
import type { ClientManagement } from '#src/clients/client-management.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import type { CustomerFeed } from '#src/customers/snapshot/customer-feed.ts'
import { hostCheck } from '#src/http/host-check.ts'
import { logLostAnswers } from '#src/http/log-lost-answers.ts'
import { requestId } from '#src/http/request-id.ts'
import { securityHeaders } from '#src/http/security-headers.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createFindByName } from '#src/linking/find-by-name.ts'
import type { MatchingParameters } from '#src/linking/match-identity.ts'
import type { PreviewTokens } from '#src/provider/token-preview.ts'
import type { Rollouts } from '#src/rollout/rollouts.ts'
import type { Store } from '#src/store/ports/store.ts'
import { createAdmins } from './admins.ts'
import { type CallerOf, createAuthenticate, createAuthenticateAdmin, createCallerOf } from './api/authenticate.ts'
import { answerFailures } from './api/failures.ts'
import { createIdempotency } from './api/idempotency.ts'
import { createNoteRefusal, type NoteRefusal } from './api/note-refusal.ts'
import { describeApi } from './api/openapi.ts'
import { createPerform, type Perform } from './api/perform.ts'
import type { Problem } from './api/problem.ts'
import type { FeedCaller, Route } from './api/route.ts'
import { createRouter } from './api/router.ts'
import { createAccountOperations } from './operations/accounts.ts'
import { createClientOperations } from './operations/clients.ts'
import { createDecisionOperations } from './operations/decisions.ts'
import { createRuleOperations } from './operations/matching-rules.ts'
import { createOverview, type KeyView, type UpstreamHealth } from './operations/overview.ts'
import { createPreviewOperations } from './operations/preview-tokens.ts'
import { createReviewOperations } from './operations/reviews.ts'
import { accountRoutes } from './routes/account-routes.ts'
import { adminRoutes } from './routes/admin-routes.ts'
import { alarmRoutes } from './routes/alarm-routes.ts'
import { apiRoutes } from './routes/api-routes.ts'
import { auditRoutes } from './routes/audit-routes.ts'
import { clientRoutes } from './routes/client-routes.ts'
import { customerRoutes } from './routes/customer-routes.ts'
import { createRoleOf } from './routes/link-requests.ts'
import { linkRoutes } from './routes/link-routes.ts'
import { matchingRoutes } from './routes/matching-routes.ts'
import { nameRoutes } from './routes/name-routes.ts'
import { overviewRoutes } from './routes/overview-routes.ts'
import { previewRoutes } from './routes/preview-routes.ts'
import { quickstartRoutes } from './routes/quickstart-routes.ts'
import { reviewRoutes } from './routes/review-routes.ts'
import { rolloutRoutes } from './routes/rollout-routes.ts'
import { trialRoutes } from './routes/trial-routes.ts'
import type { Trials } from './trials/create-trials.ts'

/** The largest body: some hundred lines of a customer file. */
const BODY_LIMIT = '256kb'

/** The API as the console works with it: the same operations, for whoever was authenticated. */
export type AdminPlane = {
  readonly routes: readonly Route[]
  readonly perform: Perform
  readonly authenticate: ReturnType<typeof createAuthenticateAdmin>
  readonly callerOf: CallerOf
  readonly noteRefusal: NoteRefusal
}

type AdminDeps = {
  /** Of the admin plane: where it is reached, and the audience of its tokens. */
  readonly origin: string
  /** Of PIAS, which issues the tokens. */
  readonly issuer: string
  readonly store: Store
  readonly rollouts: Rollouts
  /** Trusted reverse proxies before PIAS. */
  readonly proxyHops: number
  readonly clients: Pick<ClientRegistry, 'ofFiles'>
  /** An app that people may use now, as it was saved last on any node. */
  readonly findClient: (clientId: string) => Promise<ClientMetadata | undefined>
  /** What tokens are issued for, PIAS's own admin API among it. */
  readonly apis: Pick<ApiRegistry, 'all'>
  readonly clientManagement: ClientManagement
  readonly checkSurroundings: CheckSurroundings
  readonly upstreams: readonly { readonly issuer: string; readonly clientId: string }[]
  readonly preview: PreviewTokens
  readonly trials: Trials
  /** Where changes of customer records go, and which systems may send them. */
  readonly feed: CustomerFeed
  readonly findFeed: (clientId: string) => FeedCaller | undefined
  /** What people are looked for in, and how: rules are tried on it. */
  readonly source: CustomerSource
  readonly matching: MatchingParameters
  readonly viewAlarms: ViewAlarms
  /** PIAS's own keys of this moment. */
  readonly jwks: () => JSONWebKeySet
  /** All keys of this moment with their times: none of them itself. */
  readonly keys: () => readonly KeyView[]
  /** How this node's calls to upstreams go. */
  readonly upstreamHealth: () => readonly UpstreamHealth[]
  /** Makes what answers people in browsers, beside the API. */
  readonly console: (plane: AdminPlane) => Middleware
  readonly clock: Clock
  readonly logger: Logger
}

/** Every route of the API. */
const createRoutes = (deps: Omit<AdminDeps, 'console'>): readonly Route[] => {
  const { store, upstreams, rollouts, clients, clientManagement, checkSurroundings, clock } = deps
  const { source, matching, logger, findClient } = deps
  const changes = createLinkChanges({ ...store, clock, newAccountId })
  const decisions = createDecisionOperations(store)
  const accounts = createAccountOperations({ ...store, upstreams, clock })
  const { sides } = accounts
  const roleOf = createRoleOf(source)
  // Policies are read from the registry, which this brings up to date.
  const isClient = async (clientId: string): Promise<boolean> => (await findClient(clientId)) !== undefined
  return [
    ...adminRoutes({ ...store, admins: createAdmins({ ...store, clock }) }),
    ...accountRoutes({
      ...store,
      accounts,
      decisions,
      access: createAccountAccess({ ...store, clock }),
    }),
    ...nameRoutes({ ...store, findByName: createFindByName({ source, matching, logger }) }),
    ...customerRoutes({ ...store, feed: deps.feed }),
    ...linkRoutes({ ...store, changes, sides, roleOf }),
    ...reviewRoutes({
      ...store,
      sides,
      decisions,
      roleOf,
      operations: createReviewOperations({ ...store, changes, clock }),
    }),
    ...matchingRoutes({ rules: createRuleOperations({ ...store, source, matching, clock, logger }) }),
    ...alarmRoutes({ ...store, viewAlarms: deps.viewAlarms, decisions }),
    ...rolloutRoutes({ rollouts, funnel: store.funnel, isClient }),
    ...clientRoutes({
      clients: createClientOperations({
        clients: store.clients,
        files: clients,
        management: clientManagement,
        checkSurroundings,
      }),
    }),
    ...apiRoutes(deps),
    ...previewRoutes({ preview: createPreviewOperations({ ...store, preview: deps.preview }) }),
    ...trialRoutes(deps),
    ...quickstartRoutes(deps),
    ...auditRoutes({ ...store, clock }),
    ...overviewRoutes({
      tellOverview: createOverview({
        ...store,
        keys: deps.keys,
        upstreams: deps.upstreamHealth,
        trailState: createTrailState(store.keys).read,
        clock,
      }),
    }),
  ]
}

/** What a body parser and Koa refuse, as a problem. */
const parseProblem = (error: unknown, reference: string): Problem & { type: string; reference: string } => {
  const { status = 500 } = error as { status?: number }
  const known = status === 413 ? { code: 'request.too_large', title: 'the body is too large' } : undefined
  const invalid = { code: 'request.invalid', title: 'the body is not JSON' }
  return { type: 'about:blank', status: status === 413 ? 413 : 400, ...(known ?? invalid), reference }
}

const jsonBodies: Middleware = async (ctx, next) => {
  // Forms of the console are read there.
  if (!ctx.path.startsWith('/api/')) return next()
  const parse = bodyParser({ enableTypes: ['json'], jsonLimit: BODY_LIMIT, jsonStrict: true })
  try {
    await parse(ctx as never, async () => undefined)
  } catch (error) {
    ctx.body = parseProblem(error, ctx.state.reference)
    ctx.status = (ctx.body as Problem).status
    ctx.type = 'application/problem+json'
    return
  }
  await next()
}

/** The admin plane of a node: answers requests of a listener of its own. */
export const createAdminApi = (deps: AdminDeps) => {
  const { origin, issuer, store, jwks, clock, logger } = deps
  const routes = createRoutes(deps)
  const admins = createAdmins({ ...store, clock })
  const description = describeApi(routes, { origin, issuer })
  const app = new Koa()
  logLostAnswers(app, logger)
  app.proxy = deps.proxyHops > 0
  app.maxIpsCount = deps.proxyHops
  app.use(requestId)
  app.use(securityHeaders({ https: origin.startsWith('https:') }))
  app.use(answerFailures(logger))
  app.use(hostCheck(origin))
  app.use(jsonBodies)
  app.use(async (ctx, next) => {
    if (ctx.path !== '/openapi.json' || ctx.method !== 'GET') return next()
    ctx.body = description
  })
  const noteRefusal = createNoteRefusal({ ...store, clock, logger })
  const callerOf = createCallerOf({ accounts: store.accounts, rolesOf: admins.rolesOf })
  const authenticate = createAuthenticate({ issuer, origin, jwks, callerOf, findFeed: deps.findFeed })
  const perform = createPerform({ idempotent: createIdempotency(store), audit: store.audit, clock })
  app.use(createRouter({ routes, authenticate, perform, noteRefusal }))
  app.use(deps.console({ routes, perform, authenticate: createAuthenticateAdmin(authenticate), callerOf, noteRefusal }))
  const callback = app.callback()
  return {
    description,
    handle: (request: IncomingMessage, response: ServerResponse): void => {
      callback(request, response)
    },
  }
}
