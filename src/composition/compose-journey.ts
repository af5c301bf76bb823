import type { Middleware } from 'koa'
import { createConsents } from '#src/accounts/consents.ts'
import type { Passkeys } from '#src/accounts/credentials/passkeys.ts'
import { createLinkRecord } from '#src/accounts/link-record.ts'
import { createMoveIdentity } from '#src/accounts/move-identity.ts'
import { newAccountId } from '#src/accounts/new-account-id.ts'
import type { ApiRegistry } from '#src/clients/api-registry.ts'
import { policyLinks } from '#src/clients/client-brand.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { UpstreamPolicy } from '#src/clients/upstream-policy.ts'
import type { Config } from '#src/config/schema.ts'
import { loadSecret } from '#src/crypto/load-secret.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import type { NoteRefusal } from '#src/http/error-boundary.ts'
import type { PageResponder } from '#src/http/page-responder.ts'
import { createAllowedFor } from '#src/interaction/allowed-for.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { createAttempts } from '#src/interaction/attempts.ts'
import { createBrowserBinding } from '#src/interaction/browser-binding.ts'
import { createConsentData } from '#src/interaction/consent-data.ts'
import type { FinishInteraction } from '#src/interaction/deps.ts'
import { createDispatch } from '#src/interaction/dispatch.ts'
import { createExplainLostSession } from '#src/interaction/lost-session.ts'
import { createInteractionRoutes } from '#src/interaction/routes/interaction-routes.ts'
import { createStartInteraction } from '#src/interaction/start-interaction.ts'
import { createUpstreamOf } from '#src/interaction/upstream-of.ts'
import { createVisitors } from '#src/interaction/visitor.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createConfirmEmail } from '#src/linking/confirm-email.ts'
import { createConfirmRecreated } from '#src/linking/confirm-recreated.ts'
import { createLinkRecords } from '#src/linking/link-records.ts'
import { createNoteLockedProof } from '#src/linking/note-locked-proof.ts'
import { createOpenNewAccount } from '#src/linking/open-new-account.ts'
import { createPersonOfDay, PEOPLE_SECRET } from '#src/linking/person-of-day.ts'
import { createProveContact } from '#src/linking/prove-contact.ts'
import { createProveCustomer } from '#src/linking/prove-customer.ts'
import { createPutOffRecords, type PutOffRecords } from '#src/linking/put-off-records.ts'
import { createResolveLink, type LinkResolution } from '#src/linking/resolve-link.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import type { PageUpstream } from '#src/pages/view-models.ts'
import type { StartInteraction } from '#src/provider/interaction-url.ts'
import type { OwnLogins } from '#src/provider/sessions/own-logins.ts'
import type { BucketOf } from '#src/rollout/bucket.ts'
import type { CountedStep } from '#src/rollout/decision-counts.ts'
import type { CountStep } from '#src/rollout/funnel.ts'
import type { Rollouts } from '#src/rollout/rollouts.ts'
import type { Store } from '#src/store/ports/store.ts'
import type { createUnitOfWork } from '#src/store/unit-of-work/create-unit-of-work.ts'
import { upstreamUrls } from '#src/upstream/public-urls.ts'
import type { Upstream } from '#src/upstream/registry.ts'
import type { MessageKit } from './compose-messages.ts'
import type { Metrics } from './compose-metrics.ts'
import { composeOldLogins } from './compose-old-logins.ts'

/** The hosted journey as the provider and the server know it. */
export type Journey = {
  readonly start: StartInteraction
  readonly routes: Middleware
  /** What a proof has brought and its person put off. */
  readonly putOff: PutOffRecords
  readonly explainLostSession: ReturnType<typeof createExplainLostSession>
}

/** The same step, which tells what it decided, and by what: by the rule of matching where nothing else is named. */
const countingDecisions =
  (count: Metrics['countDecision']) =>
  <Args extends unknown[], Outcome>(
    decide: (...args: Args) => Promise<Outcome>,
    outcomeOf: (outcome: Outcome) => string,
    by?: string,
  ) =>
  async (...args: Args): Promise<Outcome> => {
    const outcome = await decide(...args)
    count(outcomeOf(outcome), by)
    return outcome
  }

/** What was only recorded is told apart from what was left to the person. */
const resolvedAs = (resolution: LinkResolution): string =>
  resolution.kind === 'unresolved' && resolution.decided?.kind === 'shadow' ? 'shadowed' : resolution.kind

/** Joins upstream, matching, linking and the pages to the journey of a login. */
export const composeJourney = async (deps: {
  config: Config
  store: Store
  unitOfWork: ReturnType<typeof createUnitOfWork>
  clients: ClientRegistry
  apis: ApiRegistry
  source: CustomerSource
  upstreams: ReadonlyMap<string, Upstream>
  upstreamPolicy: UpstreamPolicy
  pageUpstreams: ReadonlyMap<string, PageUpstream>
  responder: PageResponder
  passkeys: Passkeys
  finish: FinishInteraction
  findLogin: OwnLogins['find']
  messages: Pick<MessageKit, 'queueMessage' | 'prepareTelling' | 'channels'>
  policyOf: Rollouts['policyOf']
  bucketOf: BucketOf
  count: CountStep
  noteRefusal: NoteRefusal
  metrics: Pick<Metrics, 'countDecision' | 'upstream'>
  clock: Clock
  logger: Logger
}): Promise<Journey> => {
  const {
    config,
    store,
    unitOfWork,
    clients,
    apis,
    upstreams,
    upstreamPolicy,
    messages,
    metrics,
    responder,
    clock,
    logger,
  } = deps
  const { issuer, lifetimes } = config
  const linking = {
    accounts: store.accounts,
    audit: store.audit,
    limits: store.limits,
    reviews: store.reviews,
    source: deps.source,
    clock,
    newAccountId,
    personOfDay: createPersonOfDay(await loadSecret(store.keys, PEOPLE_SECRET)),
    logger,
    matching: config.matching,
    modelInForce: createModelInForce({ keys: store.keys, clock }),
  }
  const contact = createProveContact(linking)
  const counted = countingDecisions(metrics.countDecision)
  const allowedFor = createAllowedFor({ policyOf: deps.policyOf, clock })
  const steps = {
    attempts: createAttempts(unitOfWork.attempts, lifetimes.interaction),
    allowedFor,
    dispatch: createDispatch({ allowedFor, clock }),
    visitors: createVisitors({ https: issuer.startsWith('https:') }),
    count: (step: CountedStep, { clientId, leg, upstream }: LoginAttempt) =>
      deps.count({ clientId, step, method: leg.status === 'here' ? 'choice' : upstream }),
    upstreamOf: createUpstreamOf({
      upstreams: new Map([...upstreams].map(([id, { idp }]) => [id, metrics.upstream(idp)])),
      isAllowed: upstreamPolicy.isAllowed,
    }),
    callbackUrl: (upstream: string) => upstreamUrls(issuer, upstream).callback,
    findKnown: store.accounts.findWithIdentity,
    resolveLink: counted(createResolveLink(linking), resolvedAs),
    proveCustomer: counted(createProveCustomer(linking), ({ kind }) => kind, 'invoice'),
    proveContact: { ...contact, checkCode: counted(contact.checkCode, ({ kind }) => kind, 'contact') },
    noteLockedProof: createNoteLockedProof(linking),
    linkRecords: createLinkRecords(linking),
    confirmEmail: createConfirmEmail(linking),
    terms: config.pages.terms,
    confirmRecreated: createConfirmRecreated(linking),
    moveIdentity: createMoveIdentity({ ...store, prepareTelling: messages.prepareTelling, clock, newAccountId }),
    queueMessage: messages.queueMessage,
    codeChannels: messages.channels,
    openNewAccount: counted(createOpenNewAccount(linking), () => 'new', 'person'),
    ...composeOldLogins({ config, store, source: deps.source, clock, logger }),
    passkeyOptions: deps.passkeys.requestOptions,
    checkPasskey: deps.passkeys.check,
    passkeyAcr: config.passkeys.acr,
    giveConsent: createConsents({ ...store, clock }).give,
    finish: deps.finish,
    noteRefusal: deps.noteRefusal,
    issuer,
    binding: createBrowserBinding({ https: issuer.startsWith('https:'), ttlSeconds: lifetimes.interaction }),
    clock,
    logger,
  }
  const apiScope = (name: string) =>
    apis
      .all()
      .flatMap(({ scopes }) => scopes)
      .find(scope => scope.name === name)
  return {
    start: createStartInteraction({
      ...steps,
      policyOf: deps.policyOf,
      bucketOf: deps.bucketOf,
      chooseLocale: responder.localeOf,
      upstreamFor: upstreamPolicy.choose,
      consentData: createConsentData({
        claimsOf: async id => (await store.accounts.find(id))?.claims ?? {},
        apiScope,
      }),
    }),
    routes: createInteractionRoutes({
      ...steps,
      accountHere: async ctx => (await deps.findLogin(ctx))?.accountId,
      links: clientId => policyLinks(clients.find(clientId)),
      show: (ctx, attempt, page, model) =>
        responder.show(ctx, page, model, {
          clientId: attempt.clientId,
          upstream: deps.pageUpstreams.get(attempt.upstream),
          locale: attempt.locale,
        }),
    }),
    putOff: createPutOffRecords({ ...linking, linkRecord: createLinkRecord({ ...store, clock, newAccountId }) }),
    explainLostSession: createExplainLostSession(steps.attempts),
  }
}
