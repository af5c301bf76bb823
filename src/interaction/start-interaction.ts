import type { Context } from 'koa'
import { type ErrorCode, PiasError } from '#src/kernel/errors.ts'
import type { AccountId, Acr, Locale } from '#src/kernel/identity.ts'
import type { ConsentDatum } from '#src/pages/view-models.ts'
import { allowedMethods } from '#src/rollout/allowed-methods.ts'
import type { BucketOf } from '#src/rollout/bucket.ts'
import { isPartial, type RolloutPolicy } from '#src/rollout/policy.ts'
import { failLeg, type LoginAttempt, leave } from './attempt.ts'
import type { BrowserBinding } from './browser-binding.ts'
import type { ConsentRequest } from './consent-data.ts'
import type { StepDeps } from './deps.ts'
import { type Departure, departUpstream } from './steps/to-upstream.ts'
import type { Visitors } from './visitor.ts'

/** What the provider hands over when an authorization request needs a person. */
export type InteractionRequest = {
  readonly uid: string
  readonly returnTo: string
  /** The prompt that has to be answered: the one the app asked for (OIDC Core 3.1.2.1), or `login`. */
  readonly prompt: string
  readonly clientId: string
  readonly uiLocales?: string
  /** The level that is wanted most. */
  readonly acr?: Acr
  /** Seconds that may have passed since the person was authenticated; 0: for this very request. */
  readonly maxAge?: number
  /** What the person is asked to let the app have. */
  readonly consent?: ConsentRequest
  /** The upstream the app would like (`pias_upstream`); the provider has checked that it may. */
  readonly upstreamHint?: string
  /** Who is logged in in this browser, although that is not enough. */
  readonly knownAccount?: AccountId
}

type Deps = StepDeps & {
  binding: BrowserBinding
  visitors: Visitors
  policyOf: (clientId: string) => Promise<RolloutPolicy>
  bucketOf: BucketOf
  chooseLocale: (ctx: Context, request: InteractionRequest) => Locale
  consentData: (request: ConsentRequest, locale: Locale) => Promise<ConsentDatum[]>
  upstreamFor: (clientId: string, hint: string | undefined) => string
  issuer: string
}

const newAttempt = (
  { upstreamFor, chooseLocale }: Pick<Deps, 'upstreamFor' | 'chooseLocale'>,
  ctx: Context,
  request: InteractionRequest,
): Omit<LoginAttempt, 'browser' | 'leg' | 'subject'> => {
  const { uid, returnTo, prompt, clientId, acr, maxAge } = request
  return {
    uid,
    returnTo,
    clientId,
    upstream: upstreamFor(clientId, request.upstreamHint),
    // What the app says is all there is to know before the person is known.
    purpose: prompt === 'create' ? 'registration' : 'login',
    locale: chooseLocale(ctx, request),
    ...(acr === undefined ? {} : { acr }),
    ...(maxAge === undefined ? {} : { maxAge }),
    proofTries: 0,
  }
}

/** Who this is, as far as a policy needs to know, and what the policy in force lets such a one do. */
const askPolicy = async (
  deps: Deps,
  ctx: Context,
  { clientId, purpose }: Pick<LoginAttempt, 'clientId' | 'purpose'>,
  accountId: AccountId | undefined,
) => {
  const { isNew, ...visitor } = deps.visitors.read(ctx)
  const subject: LoginAttempt['subject'] = {
    bucket: deps.bucketOf(clientId, visitor.reference),
    usedUpstream: visitor.lastMethod === 'upstream',
    ...(accountId === undefined ? {} : { accountId }),
  }
  const policy = await deps.policyOf(clientId)
  if (isNew && isPartial(policy)) deps.visitors.remember(ctx, visitor)
  return { subject, allowed: allowedMethods(policy, { ...subject, purpose }, deps.clock()) }
}

/** A leg, or that there can be none now. @throws whatever else fails */
const tryToDepart = async (
  deps: Deps,
  attempt: Parameters<typeof departUpstream>[1],
): Promise<Departure | ErrorCode> => {
  try {
    return await departUpstream(deps, attempt)
  } catch (error) {
    if (!(error instanceof PiasError) || error.code !== 'upstream.unavailable') throw error
    deps.logger.warn({ upstream: attempt.upstream, detail: error.detail }, 'upstream unavailable at the start')
    return error.code
  }
}

/** Where an attempt stands at its beginning: away, failed, or waiting for the person's choice. */
const toBegun = (here: LoginAttempt, departure: Departure | ErrorCode | undefined): LoginAttempt => {
  if (departure === undefined) return here
  return typeof departure === 'string' ? failLeg(here, departure) : leave(here, departure.state, departure.handoff)
}

/**
 * Begins a login: keeps the attempt, binds it to the browser, and answers the URL to send the browser to. That is the
 * upstream itself whenever no page is needed, which saves a redirect and a page.
 */
export const createStartInteraction =
  (deps: Deps) =>
  async (ctx: Context, request: InteractionRequest): Promise<string> => {
    const { uid, returnTo, prompt, consent } = request
    if (prompt === 'consent' && consent === undefined) {
      // Nothing of it needs consent: asking for the page means asking for nothing more.
      await deps.finish(uid, { consent: true })
      return returnTo
    }

    const started = newAttempt(deps, ctx, request)
    const page = `${deps.issuer}/interaction/${uid}`
    const here = { ...started, browser: deps.binding.bind(ctx, uid), leg: { status: 'here' } } as const
    if (consent !== undefined) {
      const { accountId, scopes, thirdParty } = consent
      const data = await deps.consentData(consent, started.locale)
      const asked = { accountId, scopes, page: { data, thirdParty } }
      await deps.attempts.create({ ...here, subject: { bucket: 0 }, consent: asked })
      return page
    }

    // Begun at once: nearly everybody goes there, and the policy is read meanwhile.
    const departing = tryToDepart(deps, started)
    departing.catch(() => undefined)
    const { subject, allowed } = await askPolicy(deps, ctx, started, request.knownAccount)
    const attempt: LoginAttempt = { ...here, subject }
    const straight = !allowed.chooseFirst && allowed.methods[0] === 'upstream'
    const departure = straight ? await departing : undefined
    const begun = toBegun(attempt, departure)
    await deps.attempts.create(begun)
    deps.count('started', begun)
    if (typeof departure !== 'object') return page
    deps.count('away', begun)
    return departure.redirectTo
  }
