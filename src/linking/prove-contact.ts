import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { addressKey, networkKey } from '#src/kernel/address-ranges.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { createConcludeProof } from './conclude-proof.ts'
import { createEvaluateProof } from './evaluate-proof.ts'
import type { ProofContext, ProofOutcome } from './proof.ts'
import { createCountTry, type ProveDeps } from './prove-customer.ts'
import { identityReference, referenceTo } from './references.ts'
import type { TypedContact } from './typed-contact.ts'

/**
 * A code that was asked for, as the attempt keeps it: `hash` is bound to identity and attempt, and of nothing where no code
 * was sent. Times are epoch milliseconds.
 */
export type SentCode = { readonly contact: TypedContact; readonly hash: string; readonly expiresAt: number }

/** A code on its way; `silent` where nothing may be sent. What it costs is the same. */
export type CodeToSend = { readonly sent: SentCode; readonly code: string; readonly silent: boolean }

export const CODE_MINUTES = 10
const DIGITS = 6
const HOUR_SECONDS = 3600
const DAY_SECONDS = 24 * HOUR_SECONDS

/**
 * Codes that may be asked for: by an identity in a day; in an hour to a contact, from an address, which many people of a
 * mobile network share, and from a network.
 */
export const MOST_CODES = { identity: 10, contact: 5, address: 100, network: 300 } as const

const hashOf = (code: string, { key }: VerifiedIdentity, { attemptUid }: ProofContext, contact: TypedContact): string =>
  referenceTo('code', code, identityReference(key), attemptUid, contact.channel, contact.value)

const sameHash = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** What people put in when they copy a code. */
const normaliseCode = (text: string): string => text.replace(/[\s\-.]/g, '')

/**
 * Makes the proof by a code to a contact: a mobile number or e-mail address that the person types, that a record of the
 * decision on this identity holds, and that the upstream did not tell (ADR 0056). Whatever is typed, the same is counted,
 * searched, decided and kept, so that neither words nor work tell whether a code was sent.
 */
export const createProveContact = (deps: ProveDeps) => {
  const { limits, audit, clock } = deps
  const evaluate = createEvaluateProof(deps)
  const { conclude, refuse } = createConcludeProof(deps)
  const isOneTooMany = createCountTry(limits)

  /** Counts one that is asked for, whatever becomes of it. @returns whether it is one too many */
  const isOneAskedTooMany = async (identity: VerifiedIdentity, ip: string): Promise<boolean> => {
    const [byIdentity, fromAddress, fromNetwork] = await Promise.all([
      limits.hit(`code:identity:${identityReference(identity.key)}`, DAY_SECONDS),
      limits.hit(`code:address:${addressKey(ip)}`, HOUR_SECONDS),
      limits.hit(`code:network:${networkKey(ip)}`, HOUR_SECONDS),
    ])
    return byIdentity > MOST_CODES.identity || fromAddress > MOST_CODES.address || fromNetwork > MOST_CODES.network
  }

  /**
   * Counts one to a contact. That there were too many is not told: it would say that others ask for codes to it. Those
   * that are not sent are counted apart, so that strangers do not use up the codes of whose contact it is.
   */
  const isOneSentTooMany = async ({ value }: TypedContact, maySend: boolean): Promise<boolean> => {
    const sent = await limits.hit(`code:${maySend ? 'contact' : 'nowhere'}:${referenceTo(value)}`, HOUR_SECONDS)
    return sent > MOST_CODES.contact
  }

  return {
    /** @returns `locked` when this identity or network has asked too often; says nothing of the contact */
    newCode: async (
      identity: VerifiedIdentity,
      context: ProofContext,
      { contact, ip }: { contact: TypedContact; ip: string },
    ): Promise<CodeToSend | 'locked'> => {
      if (await isOneAskedTooMany(identity, ip)) {
        await refuse('locked', context)
        return 'locked'
      }
      const { proven } = await evaluate.byContact(identity, contact)
      const maySend = proven.length > 0
      const isTooMany = await isOneSentTooMany(contact, maySend)
      const silent = isTooMany || !maySend
      const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')
      // Of something that nobody can type: then no guess is right.
      const hashed = silent ? randomBytes(16).toString('base64url') : code
      const { clientId, attemptUid } = context
      const data = { attempt: referenceTo(attemptUid), channel: contact.channel, sent: !silent }
      await audit.append([{ at: clock(), type: 'proof.code-asked', clientId, data }])
      const expiresAt = clock() + CODE_MINUTES * 60_000
      return { sent: { contact, hash: hashOf(hashed, identity, context, contact), expiresAt }, code, silent }
    },

    /** Looks at a code that somebody typed. The records are looked at anew: the contact may have left them since. */
    checkCode: async (
      identity: VerifiedIdentity,
      context: ProofContext,
      { typed, codes }: { typed: string; codes: readonly SentCode[] },
    ): Promise<ProofOutcome> => {
      if (await isOneTooMany(identity)) return refuse('locked', context)
      const code = normaliseCode(typed)
      const valid = codes.filter(({ expiresAt }) => expiresAt > clock())
      // All of them are compared, so that the time tells nothing.
      const [right] = valid.filter(({ hash, contact }) => sameHash(hash, hashOf(code, identity, context, contact)))
      if (right === undefined) return refuse('wrong', context)
      const { contact } = right
      return conclude(identity, context, { kind: 'contact', contact }, await evaluate.byContact(identity, contact))
    },
  }
}

/** See {@link createProveContact}. */
export type ProveContact = ReturnType<typeof createProveContact>
