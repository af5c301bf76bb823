import type Router from '@koa/router'
import type { Context } from 'koa'
import { seeOther } from '#src/http/see-other.ts'
import { failLeg, type LoginAttempt, leave } from '#src/interaction/attempt.ts'
import { returnFromUpstream } from '#src/interaction/steps/from-upstream.ts'
import { attemptOfState, departUpstream } from '#src/interaction/steps/to-upstream.ts'
import { type ErrorCode, PiasError } from '#src/kernel/errors.ts'
import type { PageName } from '#src/pages/view-models.ts'
import { type JourneyDeps, type LoadAttempt, single } from './journey.ts'
import { cancelUrlOf, pathOf, type StepPages } from './step-page.ts'

const RETRY_PAGES = {
  'upstream.denied': 'upstream-denied',
  'upstream.expired': 'upstream-expired',
  'upstream.unavailable': 'upstream-unavailable',
  'upstream.invalid_response': 'upstream-invalid',
} as const satisfies Partial<Record<ErrorCode, PageName>>

/** A leg that was lost with its node failed as one that never got an answer. */
const retryPage = ({ leg }: LoginAttempt) => {
  const code = leg.status === 'failed' ? leg.code : 'upstream.unavailable'
  return RETRY_PAGES[code as keyof typeof RETRY_PAGES] ?? 'upstream-unavailable'
}

const ways = (attempt: LoginAttempt) => ({ retryUrl: `${pathOf(attempt)}/retry`, cancelUrl: cancelUrlOf(attempt) })

/** The pages of a leg upstream: away, being completed, failed. */
export const UPSTREAM_PAGES: StepPages<'to-upstream' | 'wait' | 'retry'> = {
  'to-upstream': (ctx, attempt, { show }) => show(ctx, attempt, 'upstream-away', ways(attempt)),
  wait: (ctx, attempt, { show }) => show(ctx, attempt, 'wait', { checkUrl: pathOf(attempt) }),
  retry: (ctx, attempt, { show }) => show(ctx, attempt, retryPage(attempt), ways(attempt)),
}

/** How long a second request for one callback follows the first before it shows a page, in milliseconds. */
const FOLLOW_MS = 2500
const FOLLOW_STEP_MS = 100

/** The way upstream and back: `/interaction/:uid/retry` and `/callback/:upstream`. */
export const addUpstreamRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  const { allowedFor, attempts, dispatch, issuer, visitors } = deps

  /** Another request took this callback: follow it for a moment, so that a double click sees the same end. */
  const follow = async (ctx: Context, uid: string): Promise<void> => {
    for (let waited = 0; waited < FOLLOW_MS; waited += FOLLOW_STEP_MS) {
      const found = await attempts.find(uid)
      if (found === undefined) throw new PiasError('interaction.expired')
      const step = await dispatch(found.attempt)
      if (step === 'resume') return seeOther(ctx, found.attempt.returnTo)
      if (step !== 'wait') break
      await new Promise(resolve => setTimeout(resolve, FOLLOW_STEP_MS))
    }
    seeOther(ctx, pathOf({ uid }))
  }

  /** Whether the upstream is where this click may lead; a choice is remembered by the browser. */
  const mayGo = async (ctx: Context, attempt: LoginAttempt): Promise<boolean> => {
    const step = await dispatch(attempt)
    if (step !== 'choose-method') return step === 'retry' || step === 'to-upstream' || step === 'connect'
    if (!(await allowedFor(attempt)).methods.includes('upstream')) return false
    visitors.remember(ctx, { ...visitors.read(ctx), lastMethod: 'upstream' })
    return true
  }

  router.get('/callback/:upstream', async ctx => {
    const state = single(ctx.query.state)
    const found = await load(ctx, attemptOfState(state))
    const { uid, leg, upstream } = found.attempt
    if (upstream !== ctx.params.upstream) throw new PiasError('request.invalid', 'the answer of another upstream')
    if (leg.status === 'away' && leg.state !== state) throw new PiasError('interaction.finished', 'an older state')
    const to = await returnFromUpstream(deps, found, new URL(ctx.originalUrl, issuer), code => {
      if (code === 'upstream.invalid_response') deps.noteRefusal(ctx, code, found.attempt.clientId)
    })
    return to === undefined ? follow(ctx, uid) : seeOther(ctx, to)
  })

  router.get('/interaction/:uid/retry', async ctx => {
    const found = await load(ctx, single(ctx.params.uid))
    if (!(await mayGo(ctx, found.attempt))) return seeOther(ctx, pathOf(found.attempt))
    try {
      const { redirectTo, state, handoff } = await departUpstream(deps, found.attempt)
      const left = await attempts.tryTransition(found, leave(found.attempt, state, handoff))
      if (left !== undefined) deps.count('away', left.attempt)
      // Overtaken by another click: its leg must not win, since the browser shows the answer to this one.
      seeOther(ctx, left === undefined ? ctx.path : redirectTo)
    } catch (error) {
      if (!(error instanceof PiasError) || error.code !== 'upstream.unavailable') throw error
      await attempts.tryTransition(found, failLeg(found.attempt, error.code))
      seeOther(ctx, pathOf(found.attempt))
    }
  })
}
