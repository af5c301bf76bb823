import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { LinkChange, LinkMove } from '#src/store/ports/link-changes.ts'
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
