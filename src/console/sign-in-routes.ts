import type Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { Problem } from '#src/admin/api/problem.ts'
import type { AdminPlane } from '#src/admin/create-admin-api.ts'
import { seeOther } from '#src/http/see-other.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { Page } from './blocks.ts'
import { withError } from './fields.ts'
import type { Responder, Visitor } from './responder.ts'
import type { Sessions } from './sessions.ts'
import { ownPath, type SignIn } from './sign-in.ts'
import type { Visit } from './visit.ts'
import { problemNotice } from './words.ts'

/** What the audit trail calls a login to the console that came to nothing. */
const SIGN_IN_OPERATION = 'console GET /callback'

const SIGN_IN = { text: 'Log in', href: '/login' } as const

/** Where somebody is whom nobody gave a role: what to do, and the way in for the first owner. */
export const WITHOUT_ROLE = ({ caller, session }: Visitor, problem?: Problem): Page => ({
  title: 'You have no role here yet',
  lead: 'You are logged in, but nobody has made you an admin of this PIAS.',
  blocks: [
    {
      kind: 'facts',
      title: 'Ask an owner',
      rows: [{ label: 'Your account', cells: [{ text: caller.accountId, code: true }] }],
    },
    {
      kind: 'form',
      title: 'Or use a one-time code',
      method: 'post',
      action: '/bootstrap',
      submit: 'Become an owner',
      intro: 'Whoever runs the machine gets one from "pias admin bootstrap". It works once, for a quarter of an hour.',
      hidden: { csrf: session.csrf },
      sent: problem !== undefined,
      fields: [withError({ name: 'code', label: 'Code' }, problem)],
    },
  ],
})

const SIGNED_OUT: Page = {
  title: 'You are logged out of the console',
  lead: 'You may still be logged in at PIAS, for your other apps.',
  blocks: [{ kind: 'links', links: [{ text: 'Log in again', href: '/login', tone: 'primary' }] }],
}

const CONFIRMED: Page = {
  title: 'Thank you, it is you',
  lead: 'Go back to the other tab and press the button again. You may close this one.',
  blocks: [],
}

const ERRORS: Readonly<Record<string, string>> = {
  access_denied: 'You did not log in at PIAS.',
  not_begun_here: 'This login was not begun in this browser, or was left for too long.',
}

const refused = (error: string): Page => ({
  title: 'You are not logged in',
  lead: ERRORS[error] ?? 'PIAS could not log you in. The log says more under the reference below.',
  blocks: [{ kind: 'links', links: [{ ...SIGN_IN, tone: 'primary' }] }],
})

/** Adds the ways in and out. */
export const signInRoutes = (
  router: Router,
  deps: {
    plane: Pick<AdminPlane, 'authenticate' | 'noteRefusal'>
    signIn: SignIn
    sessions: Sessions
    responder: Responder
    audit: Pick<AuditPort, 'append'>
    clock: Clock
    parse: Middleware
    findVisitor: (ctx: Context) => Promise<Visitor | undefined>
    requireOwnForm: (operation: string, ctx: Context, visitor: Visitor) => Promise<void>
    visitOf: (ctx: Context, visitor: Visitor) => Visit
  },
): void => {
  const { plane, signIn, sessions, responder, audit, clock, parse, findVisitor, requireOwnForm, visitOf } = deps
  const note = (type: string, by: string) => audit.append([{ at: clock(), type, data: { by } }])

  router.get('/login', async ctx => {
    signIn.begin(ctx, { to: ownPath(ctx.query.to), fresh: ctx.query.fresh === '1' })
  })

  router.get('/callback', async ctx => {
    const signedIn = await signIn.complete(ctx)
    if ('error' in signedIn) {
      // What PIAS would have said is in the address, which anybody writes.
      const code = Object.hasOwn(ERRORS, signedIn.error) ? signedIn.error : 'server_error'
      await plane.noteRefusal({ operation: SIGN_IN_OPERATION, code })
      return responder.show(ctx, refused(signedIn.error), undefined, 403)
    }
    const caller = await plane.authenticate(`Bearer ${signedIn.token}`)
    if ('code' in caller) {
      await plane.noteRefusal({ operation: SIGN_IN_OPERATION, code: caller.code })
      return responder.showProblem(ctx, caller)
    }
    await note('admin.signed-in', caller.accountId)
    await sessions.begin(ctx, caller)
    seeOther(ctx, signedIn.to)
  })

  router.get('/signed-out', ctx => responder.show(ctx, SIGNED_OUT))
  router.get('/confirmed', async ctx => responder.show(ctx, CONFIRMED, await findVisitor(ctx)))

  router.post('/logout', parse as never, async ctx => {
    const visitor = await findVisitor(ctx)
    if (visitor !== undefined) {
      await requireOwnForm('console POST /logout', ctx, visitor)
      await note('admin.signed-out', visitor.caller.accountId)
    }
    await sessions.end(ctx)
    seeOther(ctx, '/signed-out')
  })

  router.post('/bootstrap', parse as never, async ctx => {
    const visitor = await findVisitor(ctx)
    if (visitor === undefined) {
      await plane.noteRefusal({ operation: 'console POST /bootstrap', code: 'signed-out' })
      return seeOther(ctx, '/')
    }
    await requireOwnForm('console POST /bootstrap', ctx, visitor)
    const visit = visitOf(ctx, visitor)
    const outcome = await visit.act('bootstrap', { body: { code: visit.text('code') } })
    if ('told' in outcome) return seeOther(ctx, '/?done=owner')
    const page = WITHOUT_ROLE(visitor, outcome.problem)
    responder.show(
      ctx,
      { ...page, blocks: [problemNotice(outcome.problem, page.blocks), ...page.blocks] },
      visitor,
      422,
    )
  })
}
