import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { LinkMove } from '#src/store/ports/link-changes.ts'
import { createLinkChanges } from './link-changes.ts'

/** Who stands in the record of the change: nobody of the staff. */
const AUTHOR = { by: 'the person', reason: 'a new identity, proved' }
const PAGE = 100

const sameIdentity = (a: IdentityKey, b: IdentityKey): boolean =>
  a.issuer === b.issuer && a.clientId === b.clientId && a.subject === b.subject

/** Whether a change took this identity from its account, for another one to take its place. */
const retires =
  (identity: IdentityKey) =>
  (move: LinkMove): boolean =>
    move.thing === 'identity' && move.from !== undefined && sameIdentity(move.identity, identity)

/**
 * Makes the act of somebody whose upstream account is new: it takes the place of the account's older identity of the same
 * upstream, in one transaction (ADR 0071). The old one gives no access any more, and its logins have ended. An identity
 * that was retired itself cannot come back by itself.
 */
export const createMoveIdentity = (deps: Parameters<typeof createLinkChanges>[0]) => {
  const { linkChanges } = deps
  const changes = createLinkChanges(deps)

  const wasRetired = async (accountId: AccountId, identity: IdentityKey): Promise<boolean> => {
    const named = await linkChanges.referTo(identity)
    const past = await linkChanges.list({ of: { accountId }, limit: PAGE })
    return past.some(({ state, moves }) => state === 'done' && moves.some(retires(named)))
  }

  /** @returns false when the account has no such identity (any more), or the new one may not take its place */
  return async (accountId: AccountId, identity: IdentityKey): Promise<boolean> => {
    if (await wasRetired(accountId, identity)) return false
    const { issuer, clientId } = identity
    const bound = await linkChanges.identitiesOf(accountId)
    const retire = bound.find(one => one.issuer === issuer && one.clientId === clientId)
    if (retire === undefined) return false
    const outcome = await changes.request({ kind: 'rebind', account: accountId, retire, identity }, AUTHOR)
    return outcome.kind === 'done'
  }
}
