import type { Context } from 'koa'
import type { NoteRefusal } from '#src/http/error-boundary.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { BrowserBinding } from '#src/interaction/browser-binding.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import type { Visitors } from '#src/interaction/visitor.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { type AccountId, LOCALES } from '#src/kernel/identity.ts'
import type { PageTerms } from '#src/pages/uncertain-models.ts'
import type { PageModels, PageName } from '#src/pages/view-models.ts'

/** Renders a page of this attempt into the response: its language, its app. */
export type ShowPage = <Name extends PageName>(
  ctx: Context,
  attempt: LoginAttempt,
  page: Name,
  model: PageModels[Name],
) => void

/** Where an app says what it does with what it gets. */
export type PolicyLinks = (clientId: string) => { readonly policyUrl?: string; readonly termsUrl?: string }

/** What the routes of the journey work with. */
export type JourneyDeps = StepDeps & {
  readonly issuer: string
  readonly binding: BrowserBinding
  readonly visitors: Visitors
  /** Whose login the browser of a request has; undefined for nobody's, and for one that is worth nothing any more. */
  readonly accountHere: (ctx: Context) => Promise<AccountId | undefined>
  readonly show: ShowPage
  /** Notes an answer of an upstream that cannot be trusted: no person did wrong, and nobody may try this unseen. */
  readonly noteRefusal: NoteRefusal
  readonly links: PolicyLinks
  /** What a new customer accepts, if anything. */
  readonly terms?: PageTerms | undefined
}

/** A query parameter that was sent once; empty for anything else. */
export const single = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Finds the attempt of a URL in the browser it belongs to. */
export type LoadAttempt = (ctx: Context, uid: string) => Promise<Versioned>

/** @returns a function that throws PiasError `interaction.expired` or, in another browser, `interaction.elsewhere` */
export const createAttemptLoader =
  (deps: Pick<JourneyDeps, 'attempts' | 'binding'>): LoadAttempt =>
  async (ctx, uid) => {
    const found = await deps.attempts.find(uid)
    if (found === undefined) throw new PiasError('interaction.expired')
    // The app it belongs to may be named on the error's page.
    ctx.state.clientId = found.attempt.clientId
    if (!deps.binding.holds(ctx, found.attempt)) throw new PiasError('interaction.elsewhere')
    return found
  }

/**
 * Like {@link LoadAttempt}, for pages that a person looks at: takes over the language that the page's switch asks for.
 * The attempt keeps it. While another request completes the leg, the attempt is left alone: changing it here would make
 * that request lose its own transition.
 */
export const createPageLoader =
  (deps: Pick<JourneyDeps, 'attempts'>, load: LoadAttempt): LoadAttempt =>
  async (ctx, uid) => {
    const found = await load(ctx, uid)
    const chosen = LOCALES.find(locale => locale === ctx.query.lang)
    if (chosen === undefined || chosen === found.attempt.locale) return found
    const spoken: Versioned = { ...found, attempt: { ...found.attempt, locale: chosen } }
    if (found.attempt.leg.status === 'returning') return spoken
    return (await deps.attempts.tryTransition(found, spoken.attempt)) ?? spoken
  }
