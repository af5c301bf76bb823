import { reasonOf } from '#src/kernel/reason-of.ts'
import type { Logger } from '#src/kernel/runtime.ts'

/** The part of a Koa application that is needed. */
type EmitsErrors = { on(event: 'error', listener: (error: Error) => void): unknown }

/**
 * Logs what happens to a connection beside its answer: it broke, or what followed on it is no HTTP. Left to itself, Koa
 * writes a stack to the console. What a middleware throws never comes here (`error-boundary.ts`).
 */
export const logLostAnswers = (app: EmitsErrors, logger: Logger): void => {
  app.on('error', error => logger.info({ event: 'connection_failed', reason: reasonOf(error) }, 'a connection failed'))
}
