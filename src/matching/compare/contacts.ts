import { editDistance } from '#src/matching/strings.ts'
import type { ContactLevel } from './levels.ts'

/** How contacts of one kind are compared. */
export type ContactFacts = {
  /** Whether an e-mail address or phone has too many holders to say anything of one of them. */
  readonly isGeneric: (contact: string) => boolean
  /** Whether one of two different contacts may be the other, mistyped. */
  readonly isSlip: (a: string, b: string) => boolean
}

/** Whether two phones in E.164 are one wrong, missing or doubled digit, or two exchanged ones, apart. */
export const isPhoneSlip = (a: string, b: string): boolean => editDistance(a, b, 1) === 1

const splitEmail = (email: string): readonly [local: string, domain: string] => {
  const at = email.lastIndexOf('@')
  return [email.slice(0, at), email.slice(at + 1)]
}

const SHORTEST_LOCAL_PART = 6
const digitsOf = (text: string): string => text.replace(/\D/g, '')

/**
 * Whether two e-mail addresses are one slip apart: in the letters of the local part, or in the domain. Another digit is
 * none: it is how providers keep namesakes apart.
 */
export const isEmailSlip = (a: string, b: string): boolean => {
  const [[localA, domainA], [localB, domainB]] = [splitEmail(a), splitEmail(b)]
  if (Math.min(localA.length, localB.length) < SHORTEST_LOCAL_PART || digitsOf(localA) !== digitsOf(localB))
    return false
  if (localA === localB) return editDistance(domainA, domainB, 1) === 1
  return domainA === domainB && editDistance(localA, localB, 1) === 1
}

/** The best agreement of any two contacts of one kind. Symmetric. */
export const compareContacts = (
  a: readonly string[],
  b: readonly string[],
  { isGeneric, isSlip }: ContactFacts,
): ContactLevel => {
  if (a.length === 0 || b.length === 0) return 'missing'
  const shared = a.filter(contact => b.includes(contact))
  if (shared.some(contact => !isGeneric(contact))) return 'exact'
  if (a.some(one => b.some(other => isSlip(one, other) && !isGeneric(other)))) return 'slip'
  return shared.length > 0 ? 'generic' : 'differ'
}
