import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import { type CodeToSend, createOneTimeCodes, type SentCode } from './one-time-codes.ts'
import type { ProofContext } from './proof.ts'
import { referenceTo } from './references.ts'

/**
 * Makes the confirming of an e-mail address that a new customer typed because the upstream told none (ADR 0058): a code goes
 * there, whoever's it is, since nothing is looked up and nothing follows from it but that the person reads what is sent there.
 */
export const createConfirmEmail = (deps: { limits: LimitsPort; audit: Pick<AuditPort, 'append'>; clock: Clock }) => {
  const { audit, clock } = deps
  const codes = createOneTimeCodes('email', deps)

  return {
    /** @returns `locked` when this identity or network has asked too often */
    newCode: async (
      identity: VerifiedIdentity,
      context: ProofContext,
      { email, ip }: { email: string; ip: string },
    ): Promise<CodeToSend | 'locked'> => {
      if (await codes.isOneAskedTooMany(identity, ip)) return 'locked'
      const contact = { channel: 'mail', value: email } as const
      const made = codes.make(identity, context, contact, await codes.isOneSentTooMany(contact, true))
      const { clientId, attemptUid } = context
      const data = { attempt: referenceTo(attemptUid), sent: !made.silent }
      await audit.append([{ at: clock(), type: 'email.code-asked', clientId, data }])
      return made
    },

    /** @returns the address that this code confirms; undefined for a wrong code */
    confirmed: (
      identity: VerifiedIdentity,
      context: ProofContext,
      typed: { typed: string; codes: readonly SentCode[] },
    ): string | undefined => codes.findRight(identity, context, typed)?.contact.value,
  }
}

/** See {@link createConfirmEmail}. */
export type ConfirmEmail = ReturnType<typeof createConfirmEmail>
