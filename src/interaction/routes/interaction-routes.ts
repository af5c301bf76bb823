import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { failLeg, type LoginAttempt, leave } from '#src/interaction/attempt.ts'
import { nextStep } from '#src/interaction/next-step.ts'
import { cancelLogin } from '#src/interaction/steps/finish.ts'
import { returnFromUpstream } from '#src/interaction/steps/from-upstream.ts'
import { attemptOfState, departUpstream } from '#src/interaction/steps/to-upstream.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { addAskPersonRoutes } from './ask-person-routes.ts'
import { addConsentRoutes } from './consent-routes.ts'
import { createAttemptLoader, createPageLoader, type JourneyDeps, redirect, single } from './journey.ts'
import { showStep } from './show-step.ts'

/** How long a second request for one callback follows the first before it shows a page, in milliseconds. */
const FOLLOW_MS = 2500
const FOLLOW_STEP_MS = 100

/**
 * The routes of the hosted journey: parse, let a step do its work, and send the browser where the dispatcher says.
 * Every page can be loaded again: it reads the stored attempt and changes nothing.
 */
export const createInteractionRoutes = (deps: JourneyDeps): Middleware => {
  const { attempts, clock, issuer } = deps
  const load = createAttemptLoader(deps)
  const loadPage = createPageLoader(deps, load)
  const router = new Router()
  const showNext = (ctx: Context, attempt: LoginAttempt) => showStep(ctx, deps, attempt, nextStep(attempt, clock()))

  /** Another request took this callback: follow it for a moment, so that a double click sees the same end. */
  const follow = async (ctx: Context, uid: string): Promise<void> => {
    for (let waited = 0; waited < FOLLOW_MS; waited += FOLLOW_STEP_MS) {
      const found = await attempts.find(uid)
      if (found === undefined) throw new PiasError('interaction.expired')
      const step = nextStep(found.attempt, clock())
      if (step.kind === 'resume') return redirect(ctx, step.returnTo)
      if (step.kind !== 'wait') break
      await new Promise(resolve => setTimeout(resolve, FOLLOW_STEP_MS))
    }
    redirect(ctx, `/interaction/${uid}`)
  }

  router.get('/callback/:upstream', async ctx => {
    const state = single(ctx.query.state)
    const found = await load(ctx, attemptOfState(state))
    const { uid, leg, upstream } = found.attempt
    if (upstream !== ctx.params.upstream) throw new PiasError('request.invalid', 'the answer of another upstream')
    if (leg.status === 'away' && leg.state !== state) throw new PiasError('interaction.finished', 'an older state')
    const to = await returnFromUpstream(deps, found, new URL(ctx.originalUrl, issuer))
    return to === undefined ? follow(ctx, uid) : redirect(ctx, to)
  })

  router.get('/interaction/:uid', async ctx => {
    showNext(ctx, (await loadPage(ctx, single(ctx.params.uid))).attempt)
  })

  router.get('/interaction/:uid/retry', async ctx => {
    const found = await load(ctx, single(ctx.params.uid))
    const step = nextStep(found.attempt, clock()).kind
    if (step !== 'retry' && step !== 'to-upstream') return redirect(ctx, `/interaction/${ctx.params.uid}`)
    try {
      const { redirectTo, state, handoff } = await departUpstream(deps, found.attempt)
      const left = await attempts.tryTransition(found, leave(found.attempt, state, handoff))
      // Overtaken by another click: its leg must not win, since the browser shows the answer to this one.
      redirect(ctx, left === undefined ? ctx.path : redirectTo)
    } catch (error) {
      if (!(error instanceof PiasError) || error.code !== 'upstream.unavailable') throw error
      await attempts.tryTransition(found, failLeg(found.attempt, error.code))
      redirect(ctx, `/interaction/${ctx.params.uid}`)
    }
  })

  router.get('/interaction/:uid/cancel', async ctx => {
    const found = await load(ctx, single(ctx.params.uid))
    const step = nextStep(found.attempt, clock())
    redirect(ctx, step.kind === 'resume' ? step.returnTo : await cancelLogin(deps, found))
  })

  addAskPersonRoutes(router, deps, load)
  addConsentRoutes(router, deps, load)
  return router.routes() as unknown as Middleware
}
