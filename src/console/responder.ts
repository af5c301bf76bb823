import type { Context } from 'koa'
import type { Problem } from '#src/admin/api/problem.ts'
import type { Caller } from '#src/admin/api/route.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Logger } from '#src/kernel/runtime.ts'
import type { ConsoleFrame } from '#src/pages/render.ts'
import type { Page } from './blocks.ts'
import { SECTIONS } from './console-page.ts'
import type { Session } from './sessions.ts'
import { toView } from './to-view.ts'
import { isRefusal } from './visit.ts'
import { problemNotice } from './words.ts'

/** Who looks at a page: nobody in particular sees it without navigation. */
export type Visitor = { readonly caller: Caller; readonly session: Session }

/** Renders the frame of the console around a page. */
export type RenderConsole = (frame: ConsoleFrame, content: object) => string

const isCurrent = (path: string, href: string): boolean => (href === '/' ? path === '/' : path.startsWith(href))

/** What a person is told of a status. Problems of 401 are of pages here: there is no other way to prove who one is. */
const statusOf = ({ status }: Problem): number => (status === 401 ? 403 : status === 400 ? 422 : status)

/** Pages as responses. */
export const createResponder = (deps: { render: RenderConsole; logger: Logger }) => {
  const show = (ctx: Context, page: Page, visitor?: Visitor, status = 200): void => {
    // Every form of the console stays on it.
    const policy = ctx.response.get('Content-Security-Policy')
    ctx.set('Content-Security-Policy', `${policy}; form-action 'self'`)
    ctx.status = status
    ctx.type = 'html'
    const known = visitor !== undefined && visitor.caller.roles.length > 0
    ctx.body = deps.render(
      {
        nav: known
          ? SECTIONS.map(section => ({ ...section, current: isCurrent(page.section ?? ctx.path, section.href) }))
          : [],
        visitor: visitor && { roles: visitor.caller.roles.join(', ') || 'no role', csrf: visitor.session.csrf },
        reference: ctx.state.reference,
      },
      toView(page),
    )
  }

  /** When it is worth to try again, as the API says it; other headers are of the API alone. */
  const tellWhen = (ctx: Context, { headers }: Problem): void => {
    const after = headers?.['Retry-After']
    if (after !== undefined) ctx.set('Retry-After', after)
  }

  const showProblem = (ctx: Context, problem: Problem, visitor?: Visitor): void => {
    const isForm = ctx.method === 'POST'
    const title =
      problem.status === 404 ? 'There is no such page' : isForm ? 'Nothing was done' : 'This cannot be shown'
    show(ctx, { title, blocks: [problemNotice(problem)] }, visitor, statusOf(problem))
    tellWhen(ctx, problem)
  }

  const failureOf = (error: unknown): Problem => {
    if (isRefusal(error)) return error.problem
    const { status, code, detail } =
      error instanceof PiasError ? error : new PiasError('server.failed', undefined, { cause: error })
    if (status === 503) return { status, code, title: 'The store is away: try again in a moment' }
    if (status >= 500) return { status, code, title: 'PIAS failed. The log says more under the reference below' }
    return { status, code, title: detail ?? code }
  }

  return {
    show,
    showProblem,
    /** A page again with what stood in the way of its form. */
    showAgain: (ctx: Context, page: Page, problem: Problem, visitor: Visitor): void => {
      const blocks = [problemNotice(problem, page.blocks), ...page.blocks]
      show(ctx, { ...page, blocks }, visitor, statusOf(problem))
      tellWhen(ctx, problem)
    },
    /** Whatever was thrown, as a page; what is our own fault is in the log. */
    showFailure: (ctx: Context, error: unknown, visitor?: Visitor): void => {
      const problem = failureOf(error)
      const { reference } = ctx.state
      if (problem.status >= 500) {
        const fields = { event: 'console_failed', reference, code: problem.code, causes: [(error as Error).stack] }
        deps.logger.error(fields, 'a page of the console failed')
      }
      showProblem(ctx, problem, visitor)
    },
  }
}

/** Pages as responses. */
export type Responder = ReturnType<typeof createResponder>
