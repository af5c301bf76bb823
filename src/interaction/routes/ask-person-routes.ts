import type Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import { seeOther } from '#src/http/see-other.ts'
import { type Answered, mayAnswer } from '#src/interaction/answers.ts'
import { isProofLocked, type LoginAttempt } from '#src/interaction/attempt.ts'
import { answerCallWarning, answerProof } from '#src/interaction/steps/ask-person.ts'
import { asksEmail } from '#src/interaction/steps/open-account.ts'
import { offersCode } from '#src/interaction/steps/prove-contact.ts'
import type { ProofAnswer } from '#src/linking/prove-customer.ts'
import { loadForm, parseForm, showAgain } from './forms.ts'
import { createPageLoader, type JourneyDeps, type LoadAttempt, single } from './journey.ts'
import { showLocked } from './locked.ts'
import { cancelUrlOf, pathOf, type StepPages } from './step-page.ts'

const typed = z.string().max(64).trim()
const proofForm = z.object({ customerId: typed, invoiceReference: typed })

const NOTHING: ProofAnswer = { customerId: '', invoiceReference: '' }

/** The pages that ask somebody who came back from upstream. */
export const ASK_PERSON_PAGES: StepPages<'ask-person' | 'warn-call'> = {
  'ask-person': async (ctx, attempt, deps) => {
    const { show, oldLogin } = deps
    const { linking, registration } = await deps.allowedFor(attempt)
    show(ctx, attempt, 'unresolved', {
      ...(linking === 'act' && oldLogin.asProof ? { passwordUrl: `${pathOf(attempt)}/password` } : {}),
      ...(linking === 'act' && offersCode(deps, attempt) ? { codeUrl: `${pathOf(attempt)}/contact` } : {}),
      ...(linking === 'act' ? { proveUrl: `${pathOf(attempt)}/prove` } : {}),
      ...(registration === 'act' ? { newUrl: `${pathOf(attempt)}/new`, asksEmail: asksEmail(deps, attempt) } : {}),
      cancelUrl: cancelUrlOf(attempt),
    })
  },
  'warn-call': (ctx, attempt, { show, binding }) =>
    show(ctx, attempt, 'call-warning', {
      action: `${pathOf(attempt)}/continue`,
      csrf: binding.formToken(ctx, attempt.uid),
      cancelUrl: cancelUrlOf(attempt),
    }),
}

/** The pages behind the question, and their forms: `/interaction/:uid/prove` and `/continue`. */
export const addAskPersonRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  const { binding, show } = deps
  const loadPage = createPageLoader(deps, load)

  const showProof = (ctx: Context, attempt: LoginAttempt, values: ProofAnswer, error?: 'wrong' | 'incomplete') => {
    if (error !== undefined) ctx.status = 422
    show(ctx, attempt, 'prove', {
      action: `${pathOf(attempt)}/prove`,
      csrf: binding.formToken(ctx, attempt.uid),
      values,
      backUrl: pathOf(attempt),
      ...(error === undefined ? {} : { error }),
    })
  }

  const conclude = (ctx: Context, attempt: LoginAttempt, answered: Answered): void =>
    seeOther(ctx, answered.kind === 'redirect' ? answered.to : pathOf(attempt))

  router.get('/interaction/:uid/prove', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    if (!(await mayAnswer(deps, attempt, 'linking'))) return seeOther(ctx, pathOf(attempt))
    return isProofLocked(attempt) ? showLocked(ctx, attempt, deps) : showProof(ctx, attempt, NOTHING)
  })

  router.post('/interaction/:uid/prove', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const parsed = proofForm.safeParse(body)
    const answer = parsed.data ?? NOTHING
    if (Object.values(answer).includes('')) {
      return showAgain(deps, ctx, found.attempt, 'linking', () => showProof(ctx, found.attempt, answer, 'incomplete'))
    }
    const answered = await answerProof(deps, found, answer)
    if (answered.kind === 'wrong') return showProof(ctx, found.attempt, answer, 'wrong')
    if (answered.kind === 'locked') return seeOther(ctx, `${pathOf(found.attempt)}/prove`)
    conclude(ctx, found.attempt, answered)
  })

  router.post('/interaction/:uid/continue', parseForm, async ctx => {
    const { found } = await loadForm(deps, load, ctx)
    conclude(ctx, found.attempt, await answerCallWarning(deps, found))
  })
}
