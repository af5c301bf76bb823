import type { Context, Middleware } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'
import type { Logger } from '#src/kernel/runtime.ts'
import { loggedPath } from './logged-path.ts'

/** Notes a request that was refused (ADR 0049); `code` is one of ours, or one of OAuth's. */
export type NoteRefusal = (ctx: Context, code: string, clientId?: string) => void

/** Shows an error to a person. */
type RenderErrorPage = (ctx: Context, error: PiasError) => void

/** What a Koa body parser or Koa itself throws for bad input carries a 4xx status; everything else is our fault. */
const toPiasError = (error: unknown): PiasError => {
  if (error instanceof PiasError) return error
  const { status, cause } = error as { status?: unknown; cause?: unknown }
  // A store that was away, as oidc-provider was told it in its own terms; nobody but PIAS asked it here.
  if (cause instanceof PiasError && cause.code === 'store.unavailable') return cause
  if (status === 413) return new PiasError('request.too_large', undefined, { cause: error })
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new PiasError('request.invalid', undefined, { cause: error })
  }
  return new PiasError('server.failed', undefined, { cause: error })
}

/** Short failures are over by then, and nobody asks again and again. */
const RETRY_AFTER_SECONDS = '5'
/** Limits are by the minute. */
const RETRY_TOO_MANY_SECONDS = '60'

/** The whole chain of causes, each with its own message: for the log, never for a person. */
const causesOf = (error: unknown): string[] =>
  error instanceof Error ? [error.stack ?? error.message, ...causesOf(error.cause)] : []

const problemOf = (error: PiasError, reference: string) => ({
  type: 'about:blank',
  title: error.code,
  status: error.status,
  // What OAuth calls it, for apps (RFC 6749, 4.1.2.1); other members are theirs to ignore.
  ...(error.status === 503 || error.status === 429 ? { error: 'temporarily_unavailable' } : {}),
  ...(error.status < 500 && error.detail !== undefined ? { detail: error.detail } : {}),
  reference,
})

/**
 * The one place where an error becomes an answer: a page for browsers, `application/problem+json` (RFC 9457) for
 * machines. Developers find code, reference and cause in the log; nobody sees a stack.
 */
export const errorBoundary = (deps: {
  renderErrorPage: RenderErrorPage
  noteRefusal: NoteRefusal
  logger: Logger
}): Middleware => {
  const answer = (ctx: Context, error: PiasError): void => {
    const { reference } = ctx.state
    const fields = { reference, code: error.code, method: ctx.method, path: loggedPath(ctx.path) }
    if (error.code === 'server.overloaded') deps.logger.warn(fields, error.message)
    else if (error.status >= 500) deps.logger.error({ ...fields, causes: causesOf(error) }, error.message)
    else deps.logger.info(fields, error.message)
    if (error.status < 500 && error.code !== 'page.not_found') deps.noteRefusal(ctx, error.code)
    ctx.status = error.status
    // As a date, so that it stays right in a cache (RFC 9110, 10.2.3); it has no parts of seconds.
    if (error.retryAt !== undefined) {
      ctx.set('Retry-After', new Date(Math.ceil(error.retryAt / 1000) * 1000).toUTCString())
    }
    if (ctx.accepts('json', 'html') === 'html') return deps.renderErrorPage(ctx, error)
    ctx.body = problemOf(error, reference)
    ctx.type = 'application/problem+json'
  }
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status === 404 && ctx.body == null) throw new PiasError('page.not_found')
    } catch (thrown) {
      answer(ctx, toPiasError(thrown))
    }
    // oidc-provider makes some of these answers itself, without it.
    if (ctx.status === 503) ctx.set('Retry-After', RETRY_AFTER_SECONDS)
    if (ctx.status === 429 && !ctx.response.get('Retry-After')) ctx.set('Retry-After', RETRY_TOO_MANY_SECONDS)
  }
}
