import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { LinkChange, LinkMove, Settlement } from '#src/store/ports/link-changes.ts'
import type { ReviewMatter } from '#src/store/ports/reviews.ts'
import type { LinkPlan } from './link-plan.ts'

type Told = { readonly change: string; readonly kind: string; readonly by: string; readonly reason: string }

const eventsOfMove = (move: LinkMove, at: number, told: Told): readonly AuditEvent[] => {
  const { from, to } = move
  const event = (type: string, accountId: string | undefined, data: object): readonly AuditEvent[] =>
    accountId === undefined ? [] : [{ at, type, accountId, data: { ...data, ...told } }]
  switch (move.thing) {
    case 'record': {
      const { serviceLine, customerId } = move.record
      const { method = 'admin', ruleVersion = 'admin' } = move.link ?? {}
      return [
        ...event('link.removed', from, { serviceLine, customerId }),
        ...event('link.created', to, { serviceLine, customerId, method, ruleVersion }),
      ]
    }
    case 'identity': {
      const { issuer, clientId } = move.identity
      return [
        ...event('identity.removed', from, { issuer, client: clientId }),
        ...event('identity.added', to, { issuer, client: clientId }),
      ]
    }
    case 'account': {
      const { account, apps } = move
      return [
        ...event('account.released', from, { account }),
        ...event(to === undefined ? 'account.unmerged' : 'account.merged', account, {
          ...(from !== undefined && { from }),
          ...(to !== undefined && { into: to, apps }),
        }),
        ...event('account.absorbed', to, { account }),
      ]
    }
  }
}

/** Why people might be looking at a record of an account; a move of it from there is an answer to each. */
const ABOUT_RECORDS = ['record-changed', 'record-withdrawn', 'owner-conflict'] as const

/**
 * The reviews that a change settles: those of a record that leaves its account, and of an account that an identity leaves.
 * What they asked for is done, by whatever act, so nobody has to look any more.
 */
export const settledReviews = (
  { id: change, by, decidedBy }: Pick<LinkChange, 'id' | 'by' | 'decidedBy'>,
  moves: readonly LinkMove[],
  at: number,
): readonly Settlement[] => {
  const settled = (matter: ReviewMatter): Settlement => {
    const { kind, accountId, customer } = matter
    const data = { kind, ...customer, by: decidedBy ?? by, outcome: 'changed', change }
    return { matter, event: { at, type: 'review.closed', accountId, data } }
  }
  return moves.flatMap(move => {
    const { thing, from: accountId } = move
    if (accountId === undefined || thing === 'account') return []
    if (thing === 'identity') return [settled({ kind: 'rebind', accountId })]
    return ABOUT_RECORDS.map(kind => settled({ kind, accountId, customer: move.record }))
  })
}

/** What the audit trail is told of a change: an event for each account that something is given to or taken from. */
export const linkEvents = (
  change: Pick<LinkChange, 'id' | 'kind' | 'by' | 'reason' | 'decidedBy'>,
  { moves, opens, endPasskeys }: LinkPlan,
  at: number,
): readonly AuditEvent[] => {
  const { id, kind, by, reason, decidedBy } = change
  const told = { change: id, kind, by, reason, ...(decidedBy !== undefined && { decidedBy }) }
  return [
    ...opens.map(({ id: accountId }) => ({ at, type: 'account.opened', accountId, data: { origin: kind, ...told } })),
    ...moves.flatMap(move => eventsOfMove(move, at, told)),
    ...endPasskeys.map(accountId => ({ at, type: 'passkey.removed', accountId, data: told })),
  ]
}
