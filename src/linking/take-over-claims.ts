import { isDeepStrictEqual } from 'node:util'
import {
  type AccountClaims,
  type ClaimName,
  type ClaimSource,
  type IdentityClaims,
  SOURCED_CLAIMS,
  type VerifiedIdentity,
} from '#src/kernel/identity.ts'

/** What stands in an identity document, so that only who read one may speak of it. */
const DOCUMENT: readonly ClaimName[] = ['name', 'givenName', 'familyName', 'birthdate', 'gender', 'address']

/** Claims that say of themselves whether they are verified. */
const FLAGS = { email: 'emailVerified', phoneNumber: 'phoneVerified' } as const
const flagOf = (name: ClaimName): 'emailVerified' | 'phoneVerified' | undefined => FLAGS[name as keyof typeof FLAGS]

const isFlagged = (claims: IdentityClaims, name: ClaimName): boolean => {
  const flag = flagOf(name)
  return flag !== undefined && claims[flag] === true
}

/** Who gave a claim that an account has; where nobody noted it, whoever vouched for the person. */
const sourceIn = (known: AccountClaims, name: ClaimName): ClaimSource | undefined => {
  if (known[name] === undefined) return undefined
  return known.sources?.[name] ?? { by: known.verifiedBy ?? '', since: 0 }
}

/** How much a claim is worth: one that is verified itself most, then one of somebody who read a document. */
const worth = (claims: IdentityClaims, name: ClaimName, isRead: boolean): number =>
  2 * Number(isFlagged(claims, name)) + Number(isRead)

/**
 * What an account keeps of its person after a login (ADR 0058). Each claim has a source. What an upstream tells replaces
 * what it told before, and ends what it no longer tells; what others gave, such as an e-mail address that the person
 * confirmed, stays unless what is told now is worth as much. Nobody who has read no document changes what one said.
 * Nothing of this is a customer record's: the customer base is never written to.
 * @param known the claims so far; `{}` for a new account
 * @param now epoch milliseconds
 */
export const takeOverClaims = (
  known: AccountClaims,
  { claims: told, upstream: by, assurance }: Pick<VerifiedIdentity, 'claims' | 'upstream' | 'assurance'>,
  now: number,
): AccountClaims => {
  const isRead = assurance === 'verified'
  const mayTell = (name: ClaimName): boolean => isRead || known.verifiedBy === undefined || !DOCUMENT.includes(name)

  const isTaken = (name: ClaimName, source: ClaimSource | undefined): boolean => {
    if (told[name] === undefined || !mayTell(name)) return false
    if (source === undefined || source.by === by) return true
    return worth(told, name, isRead) >= worth(known, name, source.by === known.verifiedBy)
  }

  const entries = SOURCED_CLAIMS.flatMap(name => {
    const source = sourceIn(known, name)
    if (isTaken(name, source)) {
      const isSame = source?.by === by && isDeepStrictEqual(known[name], told[name])
      return [{ name, from: told, source: isSame ? source : { by, since: now } }]
    }
    const isKept = source !== undefined && (source.by !== by || !mayTell(name))
    return isKept ? [{ name, from: known as IdentityClaims, source }] : []
  })

  const values = entries.flatMap(({ name, from }) => {
    const flag = flagOf(name)
    const flagged = flag === undefined || from[flag] === undefined ? [] : [[flag, from[flag]] as const]
    return [[name, from[name]] as const, ...flagged]
  })
  const verifiedBy = isRead ? by : known.verifiedBy
  return {
    ...(Object.fromEntries(values) as AccountClaims),
    ...(verifiedBy !== undefined && { verifiedBy }),
    ...(known.terms !== undefined && { terms: known.terms }),
    ...(known.putOff !== undefined && known.putOff.until > now && { putOff: known.putOff }),
    sources: Object.fromEntries(entries.map(({ name, source }) => [name, source])) as AccountClaims['sources'] & object,
  }
}
