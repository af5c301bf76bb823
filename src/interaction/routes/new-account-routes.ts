import type Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import { seeOther } from '#src/http/see-other.ts'
import { mayAnswer } from '#src/interaction/answers.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import { answerEmailCode, answerNew, askForEmailCode, asksEmail } from '#src/interaction/steps/open-account.ts'
import { parseContact } from '#src/linking/typed-contact.ts'
import type { PageModels } from '#src/pages/view-models.ts'
import { isMinor, newAccountFacts } from './facts.ts'
import { loadForm, parseForm, showAgain } from './forms.ts'
import { createPageLoader, type JourneyDeps, type LoadAttempt, single } from './journey.ts'
import { pathOf } from './step-page.ts'

const newForm = z.object({
  email: z.string().max(254).trim().default(''),
  without: z.string().max(8).optional(),
  terms: z.string().max(64).optional(),
})
const codeForm = z.object({ code: z.string().max(64).trim() })

/**
 * "I am new here": `/interaction/:uid/new` shows what is known and asks for an e-mail address where none is,
 * `/new/code` for the code that went there.
 */
export const addNewAccountRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  const { binding, show, clock, terms } = deps
  const loadPage = createPageLoader(deps, load)
  const codeUrl = (attempt: LoginAttempt) => `${pathOf(attempt)}/new/code`

  const showNew = (
    ctx: Context,
    attempt: LoginAttempt,
    email = '',
    error?: PageModels['new-account']['error'],
  ): void => {
    if (error !== undefined) ctx.status = 422
    const claims = attempt.identity?.claims ?? {}
    show(ctx, attempt, 'new-account', {
      action: `${pathOf(attempt)}/new`,
      csrf: binding.formToken(ctx, attempt.uid),
      facts: newAccountFacts(claims),
      ...(asksEmail(deps, attempt) && { email, ...(error !== undefined && { error }) }),
      ...(terms !== undefined && { terms }),
      backUrl: pathOf(attempt),
      minor: isMinor(claims, clock()),
    })
  }

  const showCode = (ctx: Context, attempt: LoginAttempt, error?: 'wrong' | 'incomplete'): void => {
    if (error !== undefined) ctx.status = 422
    const csrf = binding.formToken(ctx, attempt.uid)
    show(ctx, attempt, 'confirm-email', {
      action: codeUrl(attempt),
      openAction: `${pathOf(attempt)}/new`,
      csrf,
      ...(terms !== undefined && { terms }),
      email: attempt.newcomer?.codes.at(-1)?.contact.value ?? '',
      ...(asksEmail(deps, attempt) && { otherUrl: `${pathOf(attempt)}/new` }),
      ...(error !== undefined && { error }),
    })
  }

  /** The address that was typed: a code goes there, if it is one. */
  const takeEmail = async (ctx: Context, found: Versioned, typed: string, accepted: { terms?: string }) => {
    const contact = parseContact(typed)
    if (contact?.channel !== 'mail') return showNew(ctx, found.attempt, typed, 'incomplete')
    const asked = await askForEmailCode(deps, found, { email: contact.value, ip: ctx.ip, ...accepted })
    return asked.kind === 'locked' ? showNew(ctx, found.attempt, typed, 'later') : seeOther(ctx, codeUrl(found.attempt))
  }

  /** "Create my account", and what was sent with it. */
  const create = async (ctx: Context, found: Versioned, body: Record<string, unknown>) => {
    const { attempt } = found
    const form = newForm.safeParse(body).data ?? { email: '' }
    const goesWithout = form.without !== undefined
    const isAsked = asksEmail(deps, attempt)
    // Only what is shown now can be accepted and given: the terms may have changed, or all codes been asked for.
    const isGiven = form.email !== '' && attempt.identity?.claims.email === undefined
    const isOutdated = form.terms !== terms?.version || (isGiven && !isAsked && !goesWithout)
    if (isOutdated) return seeOther(ctx, `${pathOf(attempt)}/new`)
    const accepted = terms === undefined ? {} : { terms: terms.version }
    if (!isAsked || goesWithout) {
      const answered = await answerNew(deps, found, accepted)
      return seeOther(ctx, answered.kind === 'redirect' ? answered.to : pathOf(attempt))
    }
    await takeEmail(ctx, found, form.email, accepted)
  }

  router.get('/interaction/:uid/new', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    if (!(await mayAnswer(deps, attempt, 'registration'))) return seeOther(ctx, pathOf(attempt))
    showNew(ctx, attempt)
  })

  router.post('/interaction/:uid/new', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    // Of a login that is over (a second press, an older tab) nothing is known any more that the page could show.
    if (!(await mayAnswer(deps, found.attempt, 'registration'))) return seeOther(ctx, pathOf(found.attempt))
    await create(ctx, found, body)
  })

  router.get('/interaction/:uid/new/code', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    if (!(await mayAnswer(deps, attempt, 'registration'))) return seeOther(ctx, pathOf(attempt))
    return attempt.newcomer === undefined ? seeOther(ctx, `${pathOf(attempt)}/new`) : showCode(ctx, attempt)
  })

  router.post('/interaction/:uid/new/code', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const typed = codeForm.safeParse(body).data?.code ?? ''
    if (typed === '') {
      return showAgain(deps, ctx, found.attempt, 'registration', () => showCode(ctx, found.attempt, 'incomplete'))
    }
    const answered = await answerEmailCode(deps, found, typed)
    if (answered.kind === 'wrong') return showCode(ctx, found.attempt, 'wrong')
    // With no tries left the page no longer asks.
    if (answered.kind === 'locked') return seeOther(ctx, `${pathOf(found.attempt)}/new`)
    seeOther(ctx, answered.kind === 'redirect' ? answered.to : pathOf(found.attempt))
  })
}
