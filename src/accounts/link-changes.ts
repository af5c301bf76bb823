import { randomBytes } from 'node:crypto'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { GrantsPort } from '#src/store/ports/artifacts.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import { accountsOf, type LinkChange, type LinkChangesPort } from '#src/store/ports/link-changes.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'
import { linkEvents } from './link-events.ts'
import { createLinkPlanner, type LinkPlan, type LinkRefusal, type LinkRequest } from './link-plan.ts'

/** Who does it and why; the reason is for the audit trail and holds no personal data. */
export type Author = { readonly by: string; readonly reason: string }

/**
 * `done`: everything is changed. `proposed`: somebody else must approve. `refused`: nothing was changed; `stale` when
 * something moved meanwhile, `same-person` when whoever proposed it would approve it.
 */
export type LinkOutcome =
  | { readonly kind: 'done' | 'proposed'; readonly change: LinkChange }
  | { readonly kind: 'refused'; readonly refusal: LinkRefusal | 'stale' | 'same-person' }

/** Acts on links: each can be undone, and undoing is an act like any other. */
export type LinkChanges = {
  /** What a request would do. Does nothing. */
  preview(request: LinkRequest): Promise<{ readonly plan: LinkPlan } | { readonly refusal: LinkRefusal }>
  /** Does what is asked for; what takes two people is proposed. */
  request(request: LinkRequest, author: Author): Promise<LinkOutcome>
  /** Does what somebody else proposed. */
  approve(id: string, by: string): Promise<LinkOutcome>
  /** Forgets what was proposed. @returns whether it was still proposed */
  withdraw(id: string, by: string): Promise<boolean>
}

const newChangeId = (): string => randomBytes(12).toString('base64url')

/** What two people must want: whoever is merged with a stranger has his records. */
const takesTwo = ({ kind }: LinkRequest): boolean => kind === 'merge'

/**
 * Link, unlink, rebind, merge, split and undo (ADR 0071). A change is one transaction that moves each thing from where it
 * is said to be; then the logins of the accounts that lost something have ended, and their apps are told.
 */
export const createLinkChanges = (deps: {
  accounts: Pick<AccountsPort, 'find' | 'customersOf' | 'ownersOf' | 'findByIdentity'>
  linkChanges: LinkChangesPort
  logouts: Pick<LogoutsPort, 'release'>
  grants: Pick<GrantsPort, 'findAllByUid'>
  consents: Pick<ConsentsPort, 'list'>
  clock: Clock
  newAccountId: () => AccountId
}): LinkChanges => {
  const { linkChanges, logouts, clock } = deps
  const plan = createLinkPlanner(deps)

  const carryOut = async (change: LinkChange, planned: LinkPlan): Promise<LinkOutcome> => {
    const at = change.decidedAt ?? change.at
    const opens = planned.opens.map(account => ({ account }))
    const events = linkEvents(change, planned, at)
    const result = await linkChanges.apply({ change, opens, endLogins: planned.endLogins, events })
    if (result === 'stale') return { kind: 'refused', refusal: 'stale' }
    for (const accountId of planned.endLogins) await logouts.release({ accountId }, clock())
    return { kind: 'done', change }
  }

  const propose = async (change: LinkChange): Promise<LinkOutcome> => {
    const proposed = { ...change, state: 'proposed' as const }
    const { id, kind, by, reason, at } = change
    const data = { change: id, kind, by, reason }
    const events = accountsOf(change).map(accountId => ({ at, type: 'link.proposed', accountId, data }))
    await linkChanges.propose(proposed, events)
    return { kind: 'proposed', change: proposed }
  }

  return {
    preview: request => plan(request, clock()),

    request: async (request, { by, reason }) => {
      const at = clock()
      const planned = await plan(request, at)
      if ('refusal' in planned) return { kind: 'refused', refusal: planned.refusal }
      const { moves, undoes } = planned.plan
      const change: LinkChange = {
        ...{ id: newChangeId(), kind: request.kind, state: 'done', at, by, reason, moves },
        ...(undoes !== undefined && { undoes }),
      }
      return takesTwo(request) ? propose(change) : carryOut(change, planned.plan)
    },

    approve: async (id, by) => {
      const proposed = await linkChanges.find(id)
      if (proposed === undefined) return { kind: 'refused', refusal: 'no-change' }
      if (proposed.state !== 'proposed') return { kind: 'refused', refusal: 'stale' }
      if (proposed.by === by) return { kind: 'refused', refusal: 'same-person' }
      const [move] = proposed.moves
      if (move?.thing !== 'account' || move.to === undefined) return { kind: 'refused', refusal: 'no-change' }
      const { account, apps, to: into } = move
      const planned = await plan({ kind: 'merge', account, into, apps }, clock())
      if ('refusal' in planned) return { kind: 'refused', refusal: planned.refusal }
      return carryOut({ ...proposed, state: 'done', decidedBy: by, decidedAt: clock() }, planned.plan)
    },

    withdraw: async (id, by) => {
      const at = clock()
      const proposed = await linkChanges.find(id)
      if (proposed === undefined) return false
      const data = { change: id, by }
      const events = accountsOf(proposed).map(accountId => ({ at, type: 'link.withdrawn', accountId, data }))
      return linkChanges.withdraw({ id, by, at, events })
    },
  }
}
