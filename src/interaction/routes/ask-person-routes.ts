import { bodyParser } from '@koa/bodyparser'
import type Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import { requireSameOrigin } from '#src/http/same-origin.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { nextStep } from '#src/interaction/next-step.ts'
import { type Answered, answerCallWarning, answerNew, answerProof } from '#src/interaction/steps/ask-person.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { ProofAnswer } from '#src/linking/prove-customer.ts'
import { isMinor, newAccountFacts } from './facts.ts'
import { createPageLoader, type JourneyDeps, type LoadAttempt, redirect, single } from './journey.ts'

const typed = z.string().max(64).trim()
const proofForm = z.object({ customerId: typed, invoiceReference: typed })

const NOTHING: ProofAnswer = { customerId: '', invoiceReference: '' }

const form = bodyParser({ enableTypes: ['form'], formLimit: '8kb' })

/** The pages that ask the person, and their forms: `/interaction/:uid/prove` and `/interaction/:uid/new`. */
export const addAskPersonRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  const { binding, clock, show } = deps
  const loadPage = createPageLoader(deps, load)
  const pathOf = (attempt: LoginAttempt) => `/interaction/${attempt.uid}`

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

  const showLocked = (ctx: Context, attempt: LoginAttempt) =>
    show(ctx, attempt, 'proof-locked', { newUrl: `${pathOf(attempt)}/new`, cancelUrl: `${pathOf(attempt)}/cancel` })

  const conclude = (ctx: Context, attempt: LoginAttempt, answered: Answered): void =>
    redirect(ctx, answered.kind === 'redirect' ? answered.to : pathOf(attempt))

  const loadForm = async (ctx: Context, uid: string) => {
    requireSameOrigin(ctx, deps.issuer)
    const found = await load(ctx, uid)
    const body = (ctx.request.body ?? {}) as Record<string, unknown>
    if (!binding.checkFormToken(ctx, uid, body.csrf)) throw new PiasError('request.forged', 'wrong form token')
    return { found, body }
  }

  router.get('/interaction/:uid/prove', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    const step = nextStep(attempt, clock())
    if (step.kind !== 'ask-person') return redirect(ctx, pathOf(attempt))
    return step.proofLocked ? showLocked(ctx, attempt) : showProof(ctx, attempt, NOTHING)
  })

  router.post('/interaction/:uid/prove', form, async ctx => {
    const { found, body } = await loadForm(ctx, single(ctx.params.uid))
    const parsed = proofForm.safeParse(body)
    const answer = parsed.data ?? NOTHING
    if (Object.values(answer).includes('')) return showProof(ctx, found.attempt, answer, 'incomplete')
    const answered = await answerProof(deps, found, answer)
    if (answered.kind === 'wrong') return showProof(ctx, found.attempt, answer, 'wrong')
    if (answered.kind === 'locked') return redirect(ctx, `${pathOf(found.attempt)}/prove`)
    conclude(ctx, found.attempt, answered)
  })

  router.post('/interaction/:uid/continue', form, async ctx => {
    const { found } = await loadForm(ctx, single(ctx.params.uid))
    conclude(ctx, found.attempt, await answerCallWarning(deps, found))
  })

  router.get('/interaction/:uid/new', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    if (nextStep(attempt, clock()).kind !== 'ask-person') return redirect(ctx, pathOf(attempt))
    const claims = attempt.identity?.claims ?? {}
    show(ctx, attempt, 'new-account', {
      action: `${pathOf(attempt)}/new`,
      csrf: binding.formToken(ctx, attempt.uid),
      facts: newAccountFacts(claims),
      backUrl: pathOf(attempt),
      minor: isMinor(claims, clock()),
    })
  })

  router.post('/interaction/:uid/new', form, async ctx => {
    const { found } = await loadForm(ctx, single(ctx.params.uid))
    conclude(ctx, found.attempt, await answerNew(deps, found))
  })
}
