import type { Middleware } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'
import type { Logger } from '#src/kernel/runtime.ts'
import type { Problem } from './problem.ts'

/** Statuses that a caller can do something about; all other failures are mistakes of ours. */
const TITLES: Readonly<Record<number, string>> = {
  421: 'another server than this one was asked for',
  503: 'it cannot be done now; try again',
}

/** As on the other plane. */
const RETRY_AFTER_SECONDS = '5'

/** Any failure as a problem, without what is told developers. */
const failureProblem = (error: unknown): Problem => {
  const code = error instanceof PiasError ? error.code : 'server.failed'
  const title = error instanceof PiasError ? TITLES[error.status] : undefined
  if (error instanceof PiasError && title !== undefined) return { status: error.status, code, title }
  return { status: 500, code, title: 'PIAS failed' }
}

/**
 * The last word on the admin plane: what nobody answered is a problem with the status of the failure, and in the log unless
 * it is the caller's (another host than ours).
 */
export const answerFailures =
  (logger: Logger): Middleware =>
  async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const problem = failureProblem(error)
      const { reference } = ctx.state
      ctx.body = { type: 'about:blank', ...problem, ...(reference !== undefined && { reference }) }
      ctx.status = problem.status
      ctx.type = 'application/problem+json'
      if (problem.status === 503) ctx.set('Retry-After', RETRY_AFTER_SECONDS)
      if (problem.status < 500) return
      const { code } = problem
      logger.error({ event: 'admin_failed', reference, code, causes: [(error as Error).stack] }, 'no answer')
    }
  }
