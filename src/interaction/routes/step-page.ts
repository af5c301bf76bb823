import type { Context } from 'koa'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { StepName } from '#src/interaction/next-step.ts'
import type { JourneyDeps } from './journey.ts'

/** Answers a step: a redirect where the browser has somewhere to be, else the page that says what is next. */
export type StepPage = (ctx: Context, attempt: LoginAttempt, deps: JourneyDeps) => void | Promise<void>

/** The pages of some steps; a file of routes exports those that belong to it. */
export type StepPages<Names extends StepName> = Readonly<Record<Names, StepPage>>

/** The address of an attempt; what is done with it is below. */
export const pathOf = ({ uid }: Pick<LoginAttempt, 'uid'>): string => `/interaction/${uid}`

/** Where a person leaves the login for the app. */
export const cancelUrlOf = (attempt: Pick<LoginAttempt, 'uid'>): string => `${pathOf(attempt)}/cancel`
