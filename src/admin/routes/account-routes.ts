import { z } from 'zod'
import type { AccountAccess } from '#src/accounts/account-access.ts'
import { notFound } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import type { createAccountOperations } from '#src/admin/operations/accounts.ts'
import type { createDecisionOperations, DecisionView } from '#src/admin/operations/decisions.ts'
import { withoutReferences } from '#src/admin/operations/record-view.ts'
import { mayReveal, type Role } from '#src/admin/roles.ts'
import { SERVICE_LINES } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import { createLimitNumberLooks } from './number-looks.ts'
import {
  accountParams,
  accountView,
  beforeOf,
  decisionView,
  eventPage,
  linkView,
  nextAfter,
  nextOf,
  paging,
  reason,
} from './schemas.ts'

const ACTS = {
  block: { id: 'blockAccount', summary: 'Lets nobody in and ends what is there', roles: ['security'] },
  unblock: { id: 'unblockAccount', summary: 'Lets the person log in again', roles: ['security'] },
  endLogins: { id: 'endLogins', summary: 'Ends all logins, at PIAS and at the apps', roles: ['support', 'security'] },
} as const

/** Decisions as somebody may see them. */
const shownTo = (
  { roles }: { readonly roles: readonly Role[] },
  decisions: readonly DecisionView[],
): readonly DecisionView[] => (mayReveal(roles) ? decisions : decisions.map(withoutReferences))

const search = z
  .strictObject({
    customerNumber: z.string().min(1).max(128).optional(),
    account: z.string().min(1).max(128).optional(),
    upstreamSubject: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe('The subject at an upstream, or the reference that an account shows.'),
  })
  .refine(given => Object.values(given).filter(value => value !== undefined).length === 1, {
    message: 'give one of customerNumber, account and upstreamSubject',
    params: { fix: 'leave the others out' },
  })

/** Routes about people and their accounts. */
export const accountRoutes = (deps: {
  accounts: ReturnType<typeof createAccountOperations>
  decisions: ReturnType<typeof createDecisionOperations>
  access: AccountAccess
  limits: Pick<LimitsPort, 'hitTimed'>
}): readonly Route[] => {
  const { accounts, decisions, access } = deps
  const tooMany = createLimitNumberLooks(deps)

  const act = (name: keyof typeof ACTS): Route => {
    const { id, summary, roles } = ACTS[name]
    return route({
      method: 'post',
      path: `/accounts/{accountId}/${name}`,
      id,
      summary,
      roles,
      fresh: true,
      params: accountParams,
      body: z.strictObject({ reason }),
      answer: { status: 204, description: 'Done.' },
      problems: [404],
      run: async ({ params, body, caller }) => {
        const author = { by: caller.accountId, reason: body.reason }
        return (await access[name](params.accountId as AccountId, author)) ? { status: 204 } : notFound('account')
      },
    })
  }

  return [
    route({
      method: 'post',
      path: '/accounts/search',
      id: 'searchAccounts',
      roles: ['viewer'],
      personal: true,
      summary: 'Finds accounts by customer number, account, or subject or reference of a login at an upstream',
      body: search,
      answer: {
        status: 200,
        description: 'Those that fit.',
        schema: z.strictObject({ accounts: z.array(accountView) }),
      },
      problems: [429],
      run: async ({ body, caller }) => {
        const { customerNumber, account, upstreamSubject } = body
        const refused = customerNumber === undefined ? undefined : await tooMany(caller)
        if (refused !== undefined) return refused
        const by =
          customerNumber !== undefined
            ? { customerNumber }
            : account !== undefined
              ? { account }
              : { upstreamSubject: upstreamSubject ?? '' }
        return { status: 200, body: { accounts: await accounts.search(by) } }
      },
    }),
    route({
      method: 'get',
      path: '/accounts/{accountId}',
      id: 'showAccount',
      roles: ['viewer'],
      personal: true,
      summary: 'Shows an account, masked',
      params: accountParams,
      answer: { status: 200, description: 'The account.', schema: accountView },
      problems: [404],
      run: async ({ params }) => {
        const body = await accounts.show(params.accountId)
        return body === undefined ? notFound('account') : { status: 200, body }
      },
    }),
    route({
      method: 'post',
      path: '/accounts/{accountId}/reveal',
      id: 'revealAccount',
      roles: ['support'],
      personal: true,
      summary: 'Shows an account with name and numbers, for a reason',
      params: accountParams,
      body: z.strictObject({ reason }),
      answer: { status: 200, description: 'The account.', schema: accountView },
      problems: [404],
      run: async ({ params, body, caller }) => {
        const shown = await accounts.reveal(params.accountId, { by: caller.accountId, ...body })
        return shown === undefined ? notFound('account') : { status: 200, body: shown }
      },
    }),
    route({
      method: 'get',
      path: '/accounts/{accountId}/timeline',
      id: 'accountTimeline',
      roles: ['viewer'],
      personal: true,
      summary: 'Tells what happened to an account, newest first',
      params: accountParams,
      query: z.strictObject(paging),
      answer: { status: 200, description: 'Events.', schema: eventPage },
      problems: [],
      run: async ({ params, query: { limit, cursor } }) => {
        const events = await accounts.timeline(params.accountId, { limit, ...beforeOf(cursor) })
        return { status: 200, body: { events, ...nextOf(events, limit, ({ at, sequence }) => [at, sequence]) } }
      },
    }),
    route({
      method: 'get',
      path: '/accounts/{accountId}/decisions',
      id: 'whyLinked',
      roles: ['viewer'],
      personal: true,
      summary: 'Tells why an account has its records: proof, who, evidence, weights, runner-up, margin, rule version',
      params: accountParams,
      query: z.strictObject(paging),
      answer: {
        status: 200,
        description: 'How each record came to it, on every page; decisions as they were made, newest first.',
        schema: z.strictObject({
          links: z.array(linkView),
          decisions: z.array(decisionView),
          next: z.string().optional(),
        }),
      },
      problems: [],
      run: async ({ params, query: { limit, cursor } }) => {
        const { last, ...told } = await decisions.ofAccount(params.accountId, { limit, ...beforeOf(cursor) })
        return { status: 200, body: { ...told, ...nextAfter(last) } }
      },
    }),
    route({
      method: 'post',
      path: '/records/decisions',
      id: 'whyRecord',
      roles: ['viewer'],
      personal: true,
      summary: 'Tells why a record was linked to an account, or to nobody',
      body: z.strictObject({
        serviceLine: z.enum(SERVICE_LINES),
        customerId: z.string().min(1).max(128),
        ...paging,
      }),
      answer: {
        status: 200,
        description:
          'The owner, how the record came to it, and the decisions about it, newest first, whoever logged in.',
        schema: z.strictObject({
          owner: z.string().optional(),
          link: linkView.optional(),
          decisions: z.array(decisionView),
          next: z.string().optional(),
        }),
      },
      problems: [429],
      run: async ({ body: { limit, cursor, ...record }, caller }) => {
        const refused = await tooMany(caller)
        if (refused !== undefined) return refused
        const owner = await accounts.ownerOf(record)
        const { last, ...told } = await decisions.ofRecord(record, owner, { limit, ...beforeOf(cursor) })
        const shown = { ...told, decisions: shownTo(caller, told.decisions) }
        return { status: 200, body: { ...(owner !== undefined && { owner }), ...shown, ...nextAfter(last) } }
      },
    }),
    route({
      method: 'get',
      path: '/decisions/undecided',
      id: 'listUndecided',
      roles: ['viewer'],
      summary: 'Lists what matching would not decide: logins that found records and were left to a proof, newest first',
      query: z.strictObject(paging),
      answer: {
        status: 200,
        description:
          'Decisions, with what was accepted at most; to roles that may reveal a record is named by a reference that who knows its number can make again.',
        schema: z.strictObject({ decisions: z.array(decisionView), next: z.string().optional() }),
      },
      problems: [],
      run: async ({ query: { limit, cursor }, caller }) => {
        const { decisions: found, last } = await decisions.undecided({ limit, ...beforeOf(cursor) })
        return { status: 200, body: { decisions: shownTo(caller, found), ...nextAfter(last) } }
      },
    }),
    act('block'),
    act('unblock'),
    act('endLogins'),
  ]
}
