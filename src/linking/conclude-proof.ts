import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import type { Evaluation } from './evaluate-proof.ts'
import { keysAmong } from './evaluate-proof.ts'
import type { PersonOfDay } from './person-of-day.ts'
import { type FoundRecord, isVerified, type Proof, type ProofContext, type ProofOutcome } from './proof.ts'
import { createRaiseReviews, type RaiseReviewsDeps } from './raise-reviews.ts'
import { referenceTo } from './references.ts'
import { isSamePerson } from './same-person.ts'

export type ConcludeDeps = RaiseReviewsDeps & {
  readonly accounts: Pick<AccountsPort, 'find' | 'ownersOf' | 'contestedAmong'>
  readonly audit: Pick<AuditPort, 'append'>
  readonly personOfDay: PersonOfDay
}

/** What a person is shown of records that a proof covers. */
export const toFound = ({ findings, proven }: Evaluation, free: readonly CustomerKey[]): readonly FoundRecord[] => {
  const records = new Map(findings.candidates.map(({ record }) => [customerKeyOf(record), record]))
  const isProven = new Set(proven.map(customerKeyOf))
  return free.map(key => {
    const record = records.get(customerKeyOf(key))
    return {
      ...key,
      ...(record?.role !== undefined && { role: record.role }),
      ...((record?.segment === 'business' || record?.companyName !== undefined) && { business: true as const }),
      proven: isProven.has(customerKeyOf(key)),
    }
  })
}

/**
 * Makes the step from what a proof is worth to what may be done with it. A record that another account owns is never
 * linked: either that account is this very person's, who comes with a new identity, or people have to look at it.
 */
export const createConcludeProof = (deps: ConcludeDeps) => {
  const { accounts, audit, clock, personOfDay } = deps
  const { raiseConflicts } = createRaiseReviews(deps)
  const refuse = async (
    kind: 'wrong' | 'locked' | 'owned-elsewhere',
    { clientId, attemptUid }: ProofContext,
    reason: string = kind,
  ): Promise<ProofOutcome> => {
    const data = { reason, attempt: referenceTo(attemptUid) }
    await audit.append([{ at: clock(), type: 'proof.refused', clientId, data }])
    return { kind }
  }

  /** The account that owns proven records, if it is this person's own: same name and birth date, by the same upstream. */
  const ownAccount = async (
    identity: VerifiedIdentity,
    owners: ReadonlySet<AccountId>,
  ): Promise<AccountId | undefined> => {
    // Names that are only asserted are anybody's.
    if (!isVerified(identity)) return undefined
    const [owner, ...others] = owners
    const account = owner === undefined || others.length > 0 ? undefined : await findWhole(accounts, owner)
    if (account === undefined || account.blocked === true) return undefined
    return isSamePerson(account.claims, identity.claims) ? account.id : undefined
  }

  const conclude = async (
    identity: VerifiedIdentity,
    context: ProofContext,
    proof: Proof,
    evaluation: Evaluation,
  ): Promise<ProofOutcome> => {
    const { proven, linkable } = evaluation
    if (proven.length === 0) return refuse('wrong', context)
    const owners = await accounts.ownersOf(linkable)
    const free = linkable.filter(key => !owners.has(customerKeyOf(key)))
    const ownersOfProven = new Set(proven.flatMap(key => owners.get(customerKeyOf(key)) ?? []))
    if (ownersOfProven.size > 0) {
      const accountId = await ownAccount(identity, ownersOfProven)
      if (accountId !== undefined) return { kind: 'recreated', proof, accountId }
    }
    if (keysAmong(proven, free).length === 0) {
      await raiseConflicts(linkable, {
        origin: 'proof',
        clientId: context.clientId,
        person: personOfDay(identity.key, clock()),
        decision: evaluation.decision,
        errorBudget: evaluation.findings.errorBudget,
      })
      return refuse('owned-elsewhere', context)
    }
    return { kind: 'found', proof, records: toFound(evaluation, free) }
  }
  return { conclude, refuse }
}
