import type { Context } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'
import type { Acr, Locale } from '#src/kernel/identity.ts'
import type { ConsentDatum } from '#src/pages/view-models.ts'
import type { LoginAttempt } from './attempt.ts'
import type { BrowserBinding } from './browser-binding.ts'
import type { ConsentRequest } from './consent-data.ts'
import type { StepDeps } from './deps.ts'
import { departUpstream } from './steps/to-upstream.ts'

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
}

type Deps = StepDeps & {
  binding: BrowserBinding
  chooseLocale: (ctx: Context, request: InteractionRequest) => Locale
  consentData: (request: ConsentRequest, locale: Locale) => Promise<ConsentDatum[]>
  upstreamFor: (clientId: string, hint: string | undefined) => string
  issuer: string
}

const newAttempt = (
  { upstreamFor, chooseLocale }: Pick<Deps, 'upstreamFor' | 'chooseLocale'>,
  ctx: Context,
  request: InteractionRequest,
): Omit<LoginAttempt, 'browser' | 'leg'> => {
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

/**
 * Begins a login: keeps the attempt, binds it to the browser, and answers the URL to send the browser to. That is the
 * upstream itself whenever no page is needed, which saves a redirect and a page (performance.md).
 */
export const createStartInteraction =
  (deps: Deps) =>
  async (ctx: Context, request: InteractionRequest): Promise<string> => {
    const { uid, returnTo, prompt } = request
    if (prompt === 'consent' && request.consent === undefined) {
      // Nothing of it needs consent: asking for the page means asking for nothing more.
      await deps.finish(uid, { consent: true })
      return returnTo
    }

    const attempt = newAttempt(deps, ctx, request)
    const browser = deps.binding.bind(ctx, uid)
    if (request.consent !== undefined) {
      const { accountId, scopes, thirdParty } = request.consent
      const data = await deps.consentData(request.consent, attempt.locale)
      const consent = { accountId, scopes, page: { data, thirdParty } }
      await deps.attempts.create({ ...attempt, browser, leg: { status: 'here' }, consent })
      return `${deps.issuer}/interaction/${uid}`
    }
    try {
      const { redirectTo, state, handoff } = await departUpstream(deps, attempt)
      await deps.attempts.create({ ...attempt, browser, leg: { status: 'away', state, handoff } })
      return redirectTo
    } catch (error) {
      if (!(error instanceof PiasError) || error.code !== 'upstream.unavailable') throw error
      deps.logger.warn({ upstream: attempt.upstream, detail: error.detail }, 'upstream unavailable at the start')
      await deps.attempts.create({ ...attempt, browser, leg: { status: 'failed', code: error.code } })
      return `${deps.issuer}/interaction/${uid}`
    }
  }
