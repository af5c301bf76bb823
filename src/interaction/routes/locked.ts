import type { Context } from 'koa'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { JourneyDeps } from './journey.ts'
import { cancelUrlOf, pathOf } from './step-page.ts'

/** The tries at a proof are used up; somebody may still be new here. */
export const showLocked = (ctx: Context, attempt: LoginAttempt, { show }: Pick<JourneyDeps, 'show'>): void =>
  show(ctx, attempt, 'proof-locked', { newUrl: `${pathOf(attempt)}/new`, cancelUrl: cancelUrlOf(attempt) })
