import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { LinkChange, LinkMove } from '#src/store/ports/link-changes.ts'
import { createLinkChanges } from './link-changes.ts'
import { sameIdentity } from './link-plan.ts'

/** Who stands in the record of the change: nobody of the staff. */
const AUTHOR = { by: 'the person', reason: 'a new identity, proved' }
const PAGE = 100

/** Whether a change took this identity from its account, for another one to take its place. */
const retires =
  (identity: IdentityKey) =>
  (move: LinkMove): boolean =>
    move.thing === 'identity' && move.from !== undefined && sameIdentity(move.identity, identity)

type Deps = Parameters<typeof createLinkChanges>[0] & {
  readonly accounts: Pick<AccountsPort, 'findByIdentity'>
  /**
   * Gathers whom to tell, before the account has contacts of the new identity; what it returns tells them, with the moment
   * of the change (epoch milliseconds) and the issuer of the identity.
   */
  readonly prepareTelling: (accountId: AccountId) => Promise<(at: number, issuer: string) => Promise<void>>
}

/**
 * Makes the act of somebody whose upstream account is new: it takes the place of the account's older identity of the same
 * upstream, in one transaction (ADR 0071). The old one gives no access any more, and its logins have ended. People are told
 * at once, on the contacts of before. An identity that was retired itself cannot come back by itself.
 */
export const createMoveIdentity = (deps: Deps) => {
  const { accounts, linkChanges, prepareTelling } = deps
  const changes = createLinkChanges(deps)

  const wasRetired = async (accountId: AccountId, identity: IdentityKey): Promise<boolean> => {
    const named = await linkChanges.referTo(identity)
    let before: LinkChange | undefined
    for (;;) {
      const past = await linkChanges.list({ of: { accountId }, limit: PAGE, ...(before && { before }) })
      if (past.some(({ state, moves }) => state === 'done' && moves.some(retires(named)))) return true
      if (past.length < PAGE) return false
      before = past.at(-1)
    }
  }

  /** @returns whether the account has the new identity now, such as since an earlier click; false when it may not have it */
  return async (accountId: AccountId, identity: IdentityKey): Promise<boolean> => {
    const owner = await accounts.findByIdentity(identity)
    if (owner !== undefined) return owner === accountId
    if (await wasRetired(accountId, identity)) return false
    const { issuer, clientId } = identity
    const bound = await linkChanges.identitiesOf(accountId)
    const retire = bound.find(one => one.issuer === issuer && one.clientId === clientId)
    if (retire === undefined) return false
    const tell = await prepareTelling(accountId)
    const outcome = await changes.request({ kind: 'rebind', account: accountId, retire, identity }, AUTHOR)
    // Of two clicks the faster one has done it.
    if (outcome.kind !== 'done') return (await accounts.findByIdentity(identity)) === accountId
    await tell(outcome.change.at, issuer)
    return true
  }
}
