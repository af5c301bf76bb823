import { type CustomerKey, customerKeyOf, parseCustomerKey } from '#src/kernel/customer.ts'
import type { AccountClaims, AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { AccountsPort, CustomerLink } from '#src/store/ports/accounts.ts'
import { changeClaims } from '#src/store/ports/change-claims.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import { toCustomerLinks } from './account-opening.ts'
import { toFound } from './conclude-proof.ts'
import { createEvaluateProof, type Evaluation } from './evaluate-proof.ts'
import type { FoundRecord, Proof } from './proof.ts'
import type { ProveDeps } from './prove-customer.ts'
import { createRaiseReviews } from './raise-reviews.ts'
import { toldBy } from './told-claims.ts'

/** How long a person may think about it; after that it takes another proof. */
const KEPT_MS = 30 * 24 * 3600 * 1000

/** What an account keeps of records that a proof has brought and its person did not choose; nothing of none. */
export const putOff = (
  { key }: VerifiedIdentity,
  proof: Proof,
  left: readonly CustomerKey[],
  now: number,
): Pick<AccountClaims, 'putOff'> => {
  if (left.length === 0) return {}
  const kept = { proof: proof as unknown as Json, records: left.map(customerKeyOf), identity: key }
  return { putOff: { ...kept, until: now + KEPT_MS } }
}

export type PutOffDeps = ProveDeps & {
  readonly accounts: Pick<AccountsPort, 'find' | 'findByIdentity' | 'ownersOf' | 'contestedAmong' | 'updateClaims'>
  /** Gives a record that nobody has to an account. @returns whether nobody had it */
  readonly linkRecord: (accountId: AccountId, link: CustomerLink) => Promise<boolean>
}

/** See {@link createPutOffRecords}. */
export type PutOffRecords = {
  /**
   * Whether an account keeps something that nobody has by now; whether it still holds is not looked at, so that this costs
   * a few reads by keys and no search.
   */
  isKept(accountId: AccountId): Promise<boolean>
  /** What an account may still link, as its person was shown it after the proof; empty for nothing. */
  offered(accountId: AccountId): Promise<readonly FoundRecord[]>
  /**
   * Links those of the offered records that are named by their keys.
   * @returns `owned-elsewhere` when another account had one of them by now: people are to look at it, the others are linked
   */
  link(accountId: AccountId, chosen: readonly string[]): Promise<'linked' | 'owned-elsewhere'>
}

/**
 * Makes the second chance of records that somebody put off after a proof (ADR 0081). The proof is looked at anew each time,
 * as the page after the proof does it: against the records as they are, for the identity that made it, which the account must
 * still have. Whatever does not hold any more is not shown.
 * @throws PiasError `store.unavailable`
 */
export const createPutOffRecords = (deps: PutOffDeps): PutOffRecords => {
  const { accounts, clock, linkRecord } = deps
  const evaluate = createEvaluateProof(deps)
  const { raiseConflicts } = createRaiseReviews(deps)

  /** The claims of an account that has put something off, by an identity that it has; undefined for any other. */
  const claimsThatKeep = async (accountId: AccountId) => {
    const claims = (await accounts.find(accountId))?.claims
    if (claims?.putOff === undefined || claims.putOff.until <= clock()) return undefined
    const owner = await accounts.findByIdentity(claims.putOff.identity)
    const isTheirs = owner !== undefined && (await findWhole(accounts, owner))?.id === accountId
    return isTheirs ? { ...claims, putOff: claims.putOff } : undefined
  }

  /** What the proof is worth now; undefined where nothing was put off. */
  const lookAgain = async (accountId: AccountId): Promise<(Evaluation & { by: Proof['kind'] }) | undefined> => {
    const claims = await claimsThatKeep(accountId)
    if (claims === undefined) return undefined
    const { records } = claims.putOff
    const proof = claims.putOff.proof as unknown as Proof
    const { verifiedBy } = claims
    const assurance = verifiedBy === undefined ? 'asserted' : 'verified'
    const evaluation = await evaluate.again({ assurance, claims: toldBy(claims) }, proof)
    const linkable = evaluation.linkable.filter(record => records.includes(customerKeyOf(record)))
    return { ...evaluation, linkable, by: proof.kind }
  }

  /** An offer ends with what was chosen of it, whatever became of that. */
  const forget = async (accountId: AccountId, chosen: ReadonlySet<string>): Promise<void> => {
    const account = await accounts.find(accountId)
    if (account === undefined) return
    await changeClaims(accounts, account, clock(), ({ putOff: kept, ...claims }) => {
      const records = kept?.records.filter(key => !chosen.has(key)) ?? []
      return kept === undefined || records.length === 0 ? claims : { ...claims, putOff: { ...kept, records } }
    })
  }

  return {
    isKept: async accountId => {
      const keys = (await claimsThatKeep(accountId))?.putOff.records ?? []
      return keys.length > 0 && (await accounts.ownersOf(keys.map(parseCustomerKey))).size < keys.length
    },

    offered: async accountId => {
      const evaluation = await lookAgain(accountId)
      if (evaluation === undefined) return []
      const owners = await accounts.ownersOf(evaluation.linkable)
      const free = evaluation.linkable.filter(key => !owners.has(customerKeyOf(key)))
      return toFound(evaluation, free)
    },

    link: async (accountId, chosen) => {
      const evaluation = await lookAgain(accountId)
      if (evaluation === undefined) return 'linked'
      const { decision, findings, proven, linkable, by } = evaluation
      const wanted = new Set(linkable.map(customerKeyOf).filter(key => chosen.includes(key)))
      const missed: CustomerKey[] = []
      for (const link of toCustomerLinks(decision, findings.candidates, { records: proven, by })) {
        if (wanted.has(customerKeyOf(link)) && !(await linkRecord(accountId, link))) missed.push(link)
      }
      const owners = await accounts.ownersOf(missed)
      // Nobody has what people took from somebody a moment ago: there is nothing to look at.
      const taken = missed.filter(key => ![undefined, accountId].includes(owners.get(customerKeyOf(key))))
      await raiseConflicts(taken, { origin: 'proof', decision, errorBudget: findings.errorBudget, accountId })
      await forget(accountId, wanted)
      return taken.length === 0 ? 'linked' : 'owned-elsewhere'
    },
  }
}
