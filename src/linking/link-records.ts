import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import { createOpenAccount, type OpeningDeps, toCustomerLinks } from './account-opening.ts'
import { createConcludeProof } from './conclude-proof.ts'
import { toDecisionRecord } from './decision-record.ts'
import { createEvaluateProof } from './evaluate-proof.ts'
import type { Proof, ProofContext } from './proof.ts'
import type { ProveDeps } from './prove-customer.ts'
import { putOff } from './put-off-records.ts'
import { createRaiseReviews } from './raise-reviews.ts'
import { referenceTo } from './references.ts'

/**
 * `linked`: the person has an account, with the records that were chosen. `wrong`: the records have changed, and the proof
 * is worth nothing any more. `owned-elsewhere`: another account has one of them by now.
 */
export type LinkOutcome =
  | { readonly kind: 'linked'; readonly accountId: AccountId }
  | { readonly kind: 'wrong' | 'owned-elsewhere' }

/**
 * Makes the step from a proof to an account: with those of the found records that the person chose, each in the role that
 * the record says. The proof is looked at anew, against the records as they are now; what is not chosen stays nobody's, and
 * the account keeps that it was put off (put-off-records.ts).
 * @throws PiasError `store.unavailable`
 */
export const createLinkRecords = (deps: ProveDeps & OpeningDeps) => {
  const { accounts } = deps
  const evaluate = createEvaluateProof(deps)
  const openAccount = createOpenAccount(deps)
  const { refuse } = createConcludeProof(deps)
  const { raiseConflicts } = createRaiseReviews(deps)

  const linkRecords = async (
    identity: VerifiedIdentity,
    context: ProofContext,
    proof: Proof,
    chosen: readonly CustomerKey[],
  ): Promise<LinkOutcome> => {
    const { decision, findings, proven, linkable } = await evaluate.again(identity, proof)
    if (proven.length === 0) {
      await refuse('wrong', context)
      return { kind: 'wrong' }
    }
    const owners = await accounts.ownersOf(linkable)
    const person = deps.personOfDay(identity.key, deps.clock())
    const { errorBudget } = findings
    const claim = { origin: 'proof', clientId: context.clientId, person, decision, errorBudget } as const
    await raiseConflicts(
      linkable.filter(key => owners.has(customerKeyOf(key))),
      claim,
    )
    const wanted = new Set(chosen.map(customerKeyOf))
    const may = new Set(linkable.map(customerKeyOf).filter(key => wanted.has(key) && !owners.has(key)))
    const customers = toCustomerLinks(decision, findings.candidates, { records: proven, by: proof.kind }).filter(link =>
      may.has(customerKeyOf(link)),
    )
    const left = linkable.filter(key => !owners.has(customerKeyOf(key)) && !wanted.has(customerKeyOf(key)))
    const bound = await openAccount({
      identity,
      clientId: context.clientId,
      origin: 'proof',
      customers,
      known: putOff(identity, proof, left, deps.clock()),
      decision: toDecisionRecord(decision, findings.errorBudget),
      data: { attempt: referenceTo(context.attemptUid), proof: proof.kind, left: linkable.length - customers.length },
    })
    // Taken from somebody since it was looked at: it does not go with a proof of others any more.
    if (bound.kind === 'contested') return linkRecords(identity, context, proof, chosen)
    if (bound.kind === 'owned-elsewhere') {
      await raiseConflicts(bound.customers, claim)
      await refuse('owned-elsewhere', context)
      return { kind: 'owned-elsewhere' }
    }
    // `already`: another tab opened an account meanwhile; the login goes on with that one, without these records.
    return { kind: 'linked', accountId: bound.accountId }
  }
  return linkRecords
}

/** See {@link createLinkRecords}. */
export type LinkRecords = ReturnType<typeof createLinkRecords>
