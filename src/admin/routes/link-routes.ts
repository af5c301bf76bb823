import { z } from 'zod'
import type { LinkChanges, LinkOutcome } from '#src/accounts/link-changes.ts'
import type { LinkPlan, LinkRequest } from '#src/accounts/link-plan.ts'
import type { Problem } from '#src/admin/api/problem.ts'
import { notFound } from '#src/admin/api/problem.ts'
import { type Answer, type Route, route } from '#src/admin/api/route.ts'
import type { SideView } from '#src/admin/operations/accounts.ts'
import { maskText } from '#src/audit/mask.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import { accountsOf, type LinkChange, type LinkChangesPort, type LinkMove } from '#src/store/ports/link-changes.ts'
import { asked, type createRoleOf, createToRequest, refused } from './link-requests.ts'
import { createLimitNumberLooks } from './number-looks.ts'
import { accountParams, changeParams, nextOf, paging, parseCursor, reason, recordRole, sideView } from './schemas.ts'

/** A move of an act as it is shown: numbers are masked. */
export const moveView = z.strictObject({
  thing: z.enum(['record', 'identity', 'account']),
  what: z.string(),
  role: recordRole.optional().describe('In which role a record is linked.'),
  from: z.string().optional(),
  to: z.string().optional(),
})
/** An act on links as it is shown. */
export const changeView = z.strictObject({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['proposed', 'done', 'withdrawn']),
  at: z.number(),
  by: z.string(),
  reason: z.string(),
  moves: z.array(moveView),
  decidedBy: z.string().optional(),
  decidedAt: z.number().optional(),
  undoes: z.string().optional(),
  undoneBy: z.string().optional(),
})
const ending = {
  endLogins: z.array(z.string()).describe('Accounts whose logins end everywhere; the apps are told.'),
  endPasskeys: z.array(z.string()).describe('Accounts whose passkeys are removed.'),
}
const sides = z.array(sideView).describe('The accounts that it is about, as they are now, masked.')
/** An act on links with the accounts that it is about and, while it is proposed, what approving it would do. */
export const changeDetail = changeView.extend({
  accounts: sides,
  effect: z
    .strictObject(ending)
    .optional()
    .describe('What approving it would do now; absent where it is decided, or cannot be done as things are.'),
})
const changePage = z.strictObject({ changes: z.array(changeView), next: z.string().optional() })

const viewMove = (move: LinkMove): z.input<typeof moveView> => {
  const { thing, from, to } = move
  const ends = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
  if (move.thing === 'account') return { thing, what: move.account, ...ends }
  if (move.thing === 'identity') return { thing, what: `${move.identity.issuer} ${move.identity.subject}`, ...ends }
  const role = move.link?.role
  const what = `${move.record.serviceLine}:${maskText(move.record.customerId)}`
  return { thing, what, ...(role !== undefined && { role }), ...ends }
}

const viewChange = (change: LinkChange): z.input<typeof changeView> => {
  const { id, kind, state, at, by, reason: why, decidedBy, decidedAt, undoes, undoneBy } = change
  return {
    id,
    kind,
    state,
    at,
    by,
    reason: why,
    moves: change.moves.map(viewMove),
    ...(decidedBy !== undefined && { decidedBy }),
    ...(decidedAt !== undefined && { decidedAt }),
    ...(undoes !== undefined && { undoes }),
    ...(undoneBy !== undefined && { undoneBy }),
  }
}

const mark = z.string().max(64)
/** What an act would do, as it is shown, with the mark by which it can be asked for as it was seen. */
export const plannedView = z.strictObject({
  moves: z.array(moveView),
  opens: z.array(z.string()),
  ...ending,
  accounts: sides,
  mark,
})
/** The mark of a preview, where an act is asked for as it was seen. */
export const seenMark = mark
  .optional()
  .describe('The mark of a preview: refused when it would do something else by now.')

/** Tells accounts apart: what whoever decides on an act sees of them. */
export type Sides = (ids: readonly AccountId[]) => Promise<readonly SideView[]>

/** Shows what an act would do, and with whom. */
export const answerWithPlan = async (
  { plan, mark: seen }: { plan: LinkPlan; mark: string },
  tellSides: Sides,
): Promise<Answer> => {
  const { moves, opens, endLogins, endPasskeys } = plan
  const told = { moves: moves.map(viewMove), opens: opens.map(({ id }) => id), endLogins, endPasskeys, mark: seen }
  return { status: 200, body: { ...told, accounts: await tellSides(accountsOf({ moves })) } }
}

const answerTo = (outcome: LinkOutcome): Answer | Problem =>
  outcome.kind === 'refused' ? refused(outcome.refusal) : { status: 200, body: viewChange(outcome.change) }

/** Routes that mend links. */
export const linkRoutes = (deps: {
  changes: LinkChanges
  linkChanges: Pick<LinkChangesPort, 'find' | 'list' | 'identitiesOf'>
  limits: Pick<LimitsPort, 'hitTimed'>
  sides: Sides
  roleOf: ReturnType<typeof createRoleOf>
}): readonly Route[] => {
  const { changes, linkChanges, sides: tellSides } = deps

  const toRequest = createToRequest(deps)
  const limitLooks = createLimitNumberLooks(deps)

  /** The act that is asked for; of a record, what would become of it tells whose it is. */
  const readRequest = async (
    given: z.output<typeof asked>,
    caller: { readonly accountId: string },
  ): Promise<LinkRequest | Problem> => {
    const tooMany = 'record' in given ? await limitLooks(caller) : undefined
    return tooMany ?? (await toRequest(given)) ?? refused('not-bound')
  }

  const list = async (
    of: { accountId: AccountId } | 'proposed',
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ) => {
    const before = cursor === undefined ? {} : { before: parseCursor(cursor) }
    const found = await linkChanges.list({ of, limit, ...before })
    return { changes: found.map(viewChange), ...nextOf(found, limit, ({ at, id }) => [at, id]) }
  }

  const decide = (name: 'approve' | 'withdraw', summary: string): Route =>
    route({
      method: 'post',
      path: `/link-changes/{changeId}/${name}`,
      id: `${name}LinkChange`,
      summary,
      roles: ['linker'],
      fresh: true,
      params: changeParams,
      answer: { status: 200, description: 'Decided.', schema: changeView },
      problems: [404],
      run: async ({ params: { changeId }, caller }) => {
        if (name === 'approve') return answerTo(await changes.approve(changeId, caller.accountId))
        const isWithdrawn = await changes.withdraw(changeId, caller.accountId)
        const change = await linkChanges.find(changeId)
        if (change === undefined) return notFound('change')
        return isWithdrawn ? { status: 200, body: viewChange(change) } : refused('stale')
      },
    })

  return [
    route({
      method: 'post',
      path: '/link-changes/preview',
      id: 'previewLinkChange',
      roles: ['linker'],
      personal: true,
      summary: 'Tells what an act on links would do, and does nothing',
      body: asked,
      answer: {
        status: 200,
        description: 'What moves, what is opened, whose logins end, whose passkeys go.',
        schema: plannedView,
      },
      problems: [404, 409, 429],
      run: async ({ body, caller }) => {
        const request = await readRequest(body, caller)
        if ('code' in request) return request
        const planned = await changes.preview(request)
        return 'refusal' in planned ? refused(planned.refusal) : answerWithPlan(planned, tellSides)
      },
    }),
    route({
      method: 'post',
      path: '/link-changes',
      id: 'changeLinks',
      roles: ['linker'],
      fresh: true,
      summary: 'Links, unlinks, merges, splits or undoes; a merge is proposed for somebody else to approve',
      body: z.strictObject({
        request: asked,
        reason,
        seen: seenMark,
      }),
      answer: { status: 200, description: 'Done, or proposed.', schema: changeView },
      problems: [404, 409, 429],
      run: async ({ body, caller }) => {
        const request = await readRequest(body.request, caller)
        if ('code' in request) return request
        return answerTo(await changes.request(request, { by: caller.accountId, reason: body.reason }, body.seen))
      },
    }),
    route({
      method: 'get',
      path: '/link-changes',
      id: 'listProposedChanges',
      roles: ['viewer'],
      summary: 'Lists what waits for somebody to decide on, newest first',
      query: z.strictObject(paging),
      answer: { status: 200, description: 'Proposed changes.', schema: changePage },
      problems: [],
      run: async ({ query }) => ({ status: 200, body: await list('proposed', query) }),
    }),
    route({
      method: 'get',
      path: '/link-changes/{changeId}',
      id: 'showLinkChange',
      roles: ['viewer'],
      personal: true,
      summary:
        'Shows one act, with the accounts that it is about; while it is proposed, with what approving it would do',
      params: changeParams,
      answer: { status: 200, description: 'The act.', schema: changeDetail },
      problems: [404],
      run: async ({ params }) => {
        const change = await linkChanges.find(params.changeId)
        if (change === undefined) return notFound('change')
        const [accounts, planned] = await Promise.all([tellSides(accountsOf(change)), changes.previewProposed(change)])
        const { endLogins, endPasskeys } = planned ?? { endLogins: [], endPasskeys: [] }
        const effect = planned && { effect: { endLogins, endPasskeys } }
        return { status: 200, body: { ...viewChange(change), accounts, ...effect } }
      },
    }),
    decide('approve', 'Does what somebody else proposed'),
    decide('withdraw', 'Forgets what was proposed'),
    route({
      method: 'get',
      path: '/accounts/{accountId}/link-changes',
      id: 'listLinkChanges',
      roles: ['viewer'],
      summary: 'Lists the acts on an account, newest first',
      params: accountParams,
      query: z.strictObject(paging),
      answer: { status: 200, description: 'Acts.', schema: changePage },
      problems: [],
      run: async ({ params, query }) => ({
        status: 200,
        body: await list({ accountId: params.accountId as AccountId }, query),
      }),
    }),
  ]
}
