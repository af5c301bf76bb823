import type { AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import { createConcludeProof } from './conclude-proof.ts'
import { createEvaluateProof } from './evaluate-proof.ts'
import type { Proof, ProofContext } from './proof.ts'
import type { ProveDeps } from './prove-customer.ts'

/**
 * Makes the last look before an identity takes the place of an older one (ADR 0057): between the proof and the person's
 * word, a record may have changed its contact or owner, and the account its name, or been blocked.
 * @throws PiasError `store.unavailable`
 */
export const createConfirmRecreated = (deps: ProveDeps) => {
  const evaluate = createEvaluateProof(deps)
  const { conclude } = createConcludeProof(deps)

  /** @returns the account that the proof speaks for now; undefined where it is not this very person's own */
  return async (identity: VerifiedIdentity, context: ProofContext, proof: Proof): Promise<AccountId | undefined> => {
    const outcome = await conclude(identity, context, proof, await evaluate.again(identity, proof))
    return outcome.kind === 'recreated' ? outcome.accountId : undefined
  }
}

/** See {@link createConfirmRecreated}. */
export type ConfirmRecreated = ReturnType<typeof createConfirmRecreated>
