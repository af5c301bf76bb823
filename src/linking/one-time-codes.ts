import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { addressKey, networkKey } from '#src/kernel/address-ranges.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import type { ProofContext } from './proof.ts'
import { identityReference, referenceTo } from './references.ts'
import type { TypedContact } from './typed-contact.ts'

/**
 * A code that was asked for, as the attempt keeps it: `hash` is bound to its use, the identity and the attempt, and of
 * nothing where no code was sent. Times are epoch milliseconds.
 */
export type SentCode = { readonly contact: TypedContact; readonly hash: string; readonly expiresAt: number }

/** A code on its way; `silent` where nothing may be sent. What it costs is the same. */
export type CodeToSend = { readonly sent: SentCode; readonly code: string; readonly silent: boolean }

/** What a code is for: one for the one is worth nothing for the other. */
export type CodeUse = 'proof' | 'email'

export const CODE_MINUTES = 10
const DIGITS = 6
const HOUR_SECONDS = 3600
const DAY_SECONDS = 24 * HOUR_SECONDS

/**
 * Codes that may be asked for: by an identity in a day; in an hour to a contact, from an address, which many people of a
 * mobile network share, and from a network.
 */
export const MOST_CODES = { identity: 10, contact: 5, address: 100, network: 300 } as const

const sameHash = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** What people put in when they copy a code. */
const normaliseCode = (text: string): string => text.replace(/[\s\-.]/g, '')

/** Makes the making, counting and checking of codes of six digits that live ten minutes (ADR 0056). */
export const createOneTimeCodes = (use: CodeUse, { limits, clock }: { limits: LimitsPort; clock: Clock }) => {
  const hashOf = (
    code: string,
    { key }: VerifiedIdentity,
    { attemptUid }: ProofContext,
    contact: TypedContact,
  ): string => referenceTo('code', use, code, identityReference(key), attemptUid, contact.channel, contact.value)

  return {
    /** Counts one that is asked for, whatever becomes of it. @returns whether it is one too many */
    isOneAskedTooMany: async ({ key }: VerifiedIdentity, ip: string): Promise<boolean> => {
      const [byIdentity, fromAddress, fromNetwork] = await Promise.all([
        limits.hit(`code:identity:${identityReference(key)}`, DAY_SECONDS),
        limits.hit(`code:address:${addressKey(ip)}`, HOUR_SECONDS),
        limits.hit(`code:network:${networkKey(ip)}`, HOUR_SECONDS),
      ])
      return byIdentity > MOST_CODES.identity || fromAddress > MOST_CODES.address || fromNetwork > MOST_CODES.network
    },

    /**
     * Counts one to a contact. That there were too many is not told: it would say that others ask for codes to it. Those
     * that are not sent are counted apart, so that strangers do not use up the codes of whose contact it is.
     * @returns whether it is one too many
     */
    isOneSentTooMany: async ({ value }: TypedContact, maySend: boolean): Promise<boolean> => {
      const sent = await limits.hit(`code:${maySend ? 'contact' : 'nowhere'}:${referenceTo(value)}`, HOUR_SECONDS)
      return sent > MOST_CODES.contact
    },

    make: (identity: VerifiedIdentity, context: ProofContext, contact: TypedContact, silent: boolean): CodeToSend => {
      const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')
      // Of something that nobody can type: then no guess is right.
      const hashed = silent ? randomBytes(16).toString('base64url') : code
      const expiresAt = clock() + CODE_MINUTES * 60_000
      return { sent: { contact, hash: hashOf(hashed, identity, context, contact), expiresAt }, code, silent }
    },

    /** @returns which of these codes somebody typed; undefined for none that is still valid */
    findRight: (
      identity: VerifiedIdentity,
      context: ProofContext,
      { typed, codes }: { typed: string; codes: readonly SentCode[] },
    ): SentCode | undefined => {
      const code = normaliseCode(typed)
      const valid = codes.filter(({ expiresAt }) => expiresAt > clock())
      // All of them are compared, so that the time tells nothing.
      const [right] = valid.filter(({ hash, contact }) => sameHash(hash, hashOf(code, identity, context, contact)))
      return right
    },
  }
}
