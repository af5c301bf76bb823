import { Readable } from 'node:stream'
import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { AdminPlane } from '#src/admin/create-admin-api.ts'
import { requireSameOrigin } from '#src/http/same-origin.ts'
import { seeOther } from '#src/http/see-other.ts'
import { staticAssets } from '#src/http/static-assets.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { Assets } from '#src/pages/assets.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { ConsolePage, Download, Outcome } from './console-page.ts'
import { readForm, sentOf } from './form-body.ts'
import { ALL_PAGES } from './pages/all-pages.ts'
import { createResponder, type RenderConsole, type Visitor } from './responder.ts'
import { createSessions, isOwnForm } from './sessions.ts'
import { createSignIn, type SignInDeps } from './sign-in.ts'
import { signInRoutes, WITHOUT_ROLE } from './sign-in-routes.ts'
import { createVisits, isRefusal, type Visit } from './visit.ts'
import { doneNotice } from './words.ts'

/** What the console works with. */
export type ConsoleDeps = Omit<SignInDeps, 'https'> & {
  readonly plane: AdminPlane
  readonly assets: Assets
  readonly render: RenderConsole
  readonly artifacts: ArtifactsPort
  readonly audit: Pick<AuditPort, 'append'>
  readonly clock: Clock
  readonly logger: Logger
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** Whether a page is asked for, or its head alone (RFC 9110, 9.3.2), and nothing is sent. */
const isLooking = ({ method }: Context): boolean => method === 'GET' || method === 'HEAD'

const download = (ctx: Context, { name, stream }: Download): void => {
  ctx.attachment(name)
  ctx.type = stream.type
  ctx.body = Readable.from(stream.parts)
}

/**
 * The console: whoever is not logged in is sent to PIAS and comes back; every page and form is an operation of the admin
 * API. Answers all that the API did not.
 */
export const createConsole = (deps: ConsoleDeps): Middleware => {
  const { plane, origin, audit, clock } = deps
  const https = origin.startsWith('https:')
  const sessions = createSessions({ ...deps, https })
  const signIn = createSignIn({ ...deps, https })
  const responder = createResponder(deps)
  const visits = createVisits({ ...plane, clock })
  const router = new Router()

  /** Who is at this browser; undefined too where the account is blocked, merged or logged out since. */
  const findVisitor = async (ctx: Context): Promise<Visitor | undefined> => {
    const session = await sessions.find(ctx)
    if (session === undefined) return undefined
    const caller = await plane.callerOf(session.accountId, session.authTime)
    return 'code' in caller ? undefined : { caller, session }
  }

  const visitOf = (
    ctx: Context,
    visitor: Visitor,
    more: Partial<Pick<Visit, 'problem' | 'path' | 'query'>> = {},
  ): Visit =>
    visits({
      ...visitor,
      path: ctx.originalUrl,
      params: (ctx as Context & { params: Record<string, string> }).params,
      query: ctx.query,
      sent: sentOf(ctx.request.body),
      ...more,
    })

  /** Whoever has a role; everybody else is told what to do. */
  const withRole =
    (operation: string, work: (ctx: Context, visitor: Visitor) => Promise<void>) =>
    async (ctx: Context): Promise<void> => {
      const visitor = await findVisitor(ctx)
      if (visitor === undefined) {
        if (isLooking(ctx)) return signIn.begin(ctx, { to: ctx.originalUrl, fresh: false })
        const problem = { status: 401, code: 'signed-out', title: 'logged out' }
        await plane.noteRefusal({ operation, code: problem.code })
        return responder.showProblem(ctx, problem)
      }
      ctx.state.visitor = visitor
      if (visitor.caller.roles.length === 0) {
        await plane.noteRefusal({ operation, code: 'role', by: visitor.caller.accountId })
        return responder.show(ctx, WITHOUT_ROLE(visitor), visitor, 403)
      }
      await work(ctx, visitor)
    }

  const checkOwnForm = (ctx: Context, { session }: Visitor): void => {
    requireSameOrigin(ctx, origin)
    const { csrf } = sentOf(ctx.request.body)
    if (!isText(csrf) || !isOwnForm(session, csrf)) throw new PiasError('request.forged', 'the form is not ours')
  }

  const requireOwnForm = async (operation: string, ctx: Context, visitor: Visitor): Promise<void> => {
    try {
      checkOwnForm(ctx, visitor)
    } catch (error) {
      const code = error instanceof PiasError ? error.code : 'server.failed'
      await plane.noteRefusal({ operation, code, by: visitor.caller.accountId })
      throw error
    }
  }

  /** The address of a page, whatever form of it was sent. */
  const pathOf = (ctx: Context, { path }: ConsolePage): string => {
    const found = router.url(path, (ctx as Context & { params: Record<string, string> }).params)
    return typeof found === 'string' ? found : '/'
  }

  const answer = async (ctx: Context, visitor: Visitor, page: ConsolePage, outcome: Outcome): Promise<void> => {
    if ('to' in outcome) return seeOther(ctx, outcome.to)
    if ('page' in outcome) return responder.show(ctx, outcome.page, visitor)
    if ('file' in outcome) return download(ctx, outcome.file)
    const { problem } = outcome
    // The page again, with what was typed.
    const again = visitOf(ctx, visitor, { problem, path: pathOf(ctx, page) })
    responder.showAgain(ctx, await page.show(again), problem, visitor)
  }

  const look = async (ctx: Context, visitor: Visitor, page: ConsolePage): Promise<void> => {
    const visit = visitOf(ctx, visitor)
    try {
      const shown = await page.show(visit)
      const done = doneNotice(visit.text('done', 'query'))
      responder.show(ctx, { ...shown, blocks: [...done, ...shown.blocks] }, visitor)
    } catch (error) {
      if (!isRefusal(error) || error.problem.status !== 400 || ctx.querystring === '') throw error
      // The page without what cannot be searched for, to try anew.
      const { problem } = error
      const again = visitOf(ctx, visitor, { problem, path: pathOf(ctx, page), query: {} })
      responder.showAgain(ctx, await page.show(again), problem, visitor)
    }
  }

  for (const page of ALL_PAGES) {
    router.get(
      page.path,
      page.path,
      withRole(`console GET ${page.path}`, (ctx, visitor) => look(ctx, visitor, page)),
    )
    for (const [end, act] of Object.entries(page.acts ?? {})) {
      const path = `${page.path === '/' ? '' : page.path}${end}`
      const operation = `console POST ${path}`
      router.post(
        path,
        readForm,
        withRole(operation, async (ctx, visitor) => {
          await requireOwnForm(operation, ctx, visitor)
          // Whoever has to log in afresh comes back to the page: nothing is at the address of a form.
          await answer(ctx, visitor, page, await act(visitOf(ctx, visitor, { path: pathOf(ctx, page) })))
        }),
      )
    }
  }

  signInRoutes(router, {
    plane,
    signIn,
    sessions,
    responder,
    audit,
    clock,
    findVisitor,
    requireOwnForm,
    parse: readForm,
    visitOf: (ctx, visitor) => visitOf(ctx, visitor),
  })

  const assets = staticAssets(deps.assets)
  const routes = router.routes() as unknown as Middleware
  const nothing = async (ctx: Context): Promise<void> => {
    const problem = { status: 404, code: 'not-found', title: 'Nothing is at this address' }
    responder.showProblem(ctx, problem, await findVisitor(ctx))
  }
  return async (ctx, next) => {
    try {
      await assets(ctx, async () => {
        await routes(ctx, async () => {
          if (isLooking(ctx)) await nothing(ctx)
          else await next()
        })
      })
    } catch (error) {
      responder.showFailure(ctx, error, ctx.state.visitor)
    }
  }
}
