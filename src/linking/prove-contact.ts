import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { createConcludeProof } from './conclude-proof.ts'
import { createEvaluateProof } from './evaluate-proof.ts'
import { inEvenTime } from './even-time.ts'
import { type CodeToSend, createOneTimeCodes, type SentCode } from './one-time-codes.ts'
import type { ProofContext, ProofOutcome } from './proof.ts'
import { createCountTry, type ProveDeps } from './prove-customer.ts'
import { referenceTo } from './references.ts'
import type { TypedContact } from './typed-contact.ts'

/**
 * Makes the proof by a code to a contact: a mobile number or e-mail address that the person types, that a record of the
 * decision on this identity holds, and that the upstream did not tell (ADR 0056). Whatever is typed, the same is counted,
 * searched, decided and kept, in the same time, so that neither words nor work tell whether a code was sent, or how many
 * records there are.
 */
export const createProveContact = (deps: ProveDeps) => {
  const { audit, clock } = deps
  const codes = createOneTimeCodes('proof', deps)
  const evaluate = createEvaluateProof(deps)
  const { conclude, refuse } = createConcludeProof(deps)
  const isOneTooMany = createCountTry(deps.limits)

  const newCode = async (
    identity: VerifiedIdentity,
    context: ProofContext,
    { contact, ip }: { contact: TypedContact; ip: string },
  ): Promise<CodeToSend | 'locked'> => {
    if (await codes.isOneAskedTooMany(identity, ip)) {
      await refuse('locked', context)
      return 'locked'
    }
    const { proven } = await evaluate.byContact(identity, contact)
    const maySend = proven.length > 0
    const isTooMany = await codes.isOneSentTooMany(contact, maySend)
    const made = codes.make(identity, context, contact, isTooMany || !maySend)
    const { clientId, attemptUid } = context
    const data = { attempt: referenceTo(attemptUid), channel: contact.channel, sent: !made.silent }
    await audit.append([{ at: clock(), type: 'proof.code-asked', clientId, data }])
    return made
  }

  const checkCode = async (
    identity: VerifiedIdentity,
    context: ProofContext,
    typed: { typed: string; codes: readonly SentCode[] },
  ): Promise<ProofOutcome> => {
    if (await isOneTooMany(identity)) return refuse('locked', context)
    const right = codes.findRight(identity, context, typed)
    if (right === undefined) return refuse('wrong', context)
    const { contact } = right
    return conclude(identity, context, { kind: 'contact', contact }, await evaluate.byContact(identity, contact))
  }

  return {
    /** @returns `locked` when this identity or network has asked too often; says nothing of the contact */
    newCode: (...input: Parameters<typeof newCode>): ReturnType<typeof newCode> => inEvenTime(() => newCode(...input)),
    /**
     * Looks at a code that somebody typed. The records are looked at anew, but only for the right code: the contact may have
     * left them since. So a wrong one takes the same time for everybody.
     */
    checkCode,
  }
}

/** See {@link createProveContact}. */
export type ProveContact = ReturnType<typeof createProveContact>
