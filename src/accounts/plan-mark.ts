import { hash } from 'node:crypto'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { LinkMove } from '#src/store/ports/link-changes.ts'
import type { LinkPlan } from './link-plan.ts'

const LENGTH = 22

const thingOf = (move: LinkMove): unknown => {
  switch (move.thing) {
    case 'record':
      return [customerKeyOf(move.record), move.link?.role ?? null]
    case 'identity':
      return [move.identity.issuer, move.identity.clientId, move.identity.subject]
    case 'account':
      return [move.account, move.apps]
  }
}

/**
 * Names what a plan does: what moves, in which role, from whom to whom, whose logins end and whose
 * passkeys go. Two plans of one request have the same mark
 * if nothing moved in between; an account that would be opened has no name yet, and a moment is no part of it.
 */
export const planMark = ({ moves, opens, endLogins, endPasskeys }: LinkPlan): string => {
  const fresh = new Set<string>(opens.map(({ id }) => id))
  const named = (id: string | undefined): string | null => (id === undefined ? null : fresh.has(id) ? 'new' : id)
  const told = moves.map(move => [move.thing, thingOf(move), named(move.from), named(move.to)])
  return hash('sha256', JSON.stringify([told, [...endLogins].sort(), [...endPasskeys].sort()]), 'base64url').slice(
    0,
    LENGTH,
  )
}
