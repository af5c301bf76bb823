import { PiasError } from '#src/kernel/errors.ts'
import type { AccountClaims, AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import { createOpenAccount, type OpeningDeps } from './account-opening.ts'

/** What a new customer adds: an e-mail address that a code confirmed, and the version of the terms that were shown. */
export type NewcomersPart = { readonly email?: string; readonly terms?: string }

/** Who gave a claim, where it was the person. */
const BY_PERSON = 'person'

/**
 * Makes "I am new here": an account with the verified claims and no customer records. An identity that has an account
 * by now (another tab, a double click) gets that one.
 * @throws PiasError `store.unavailable`
 */
export const createOpenNewAccount = (deps: OpeningDeps) => {
  const openAccount = createOpenAccount(deps)
  return async (
    identity: VerifiedIdentity,
    { clientId }: { clientId: string },
    { email, terms }: NewcomersPart = {},
  ): Promise<{ accountId: AccountId }> => {
    const at = deps.clock()
    const known: AccountClaims = {
      ...(email !== undefined && { email, emailVerified: true, sources: { email: { by: BY_PERSON, since: at } } }),
      ...(terms !== undefined && { terms: { version: terms, at } }),
    }
    const data = {
      ...(email !== undefined && { email: 'confirmed' }),
      ...(terms !== undefined && { terms }),
    }
    const bound = await openAccount({ identity, clientId, origin: 'new', customers: [], known, data })
    if (bound.kind === 'owned-elsewhere' || bound.kind === 'contested')
      throw new PiasError('server.failed', 'an account without records met an owner')
    return { accountId: bound.accountId }
  }
}
