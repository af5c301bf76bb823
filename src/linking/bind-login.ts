import type { CustomerSource } from '#src/customers/port.ts'
import { type ComparablePerson, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountClaims, AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { compare } from '#src/matching/compare.ts'
import { identityToPerson } from '#src/matching/normalise.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import { claimsChange } from '#src/store/ports/change-claims.ts'
import type { BindOutcome, CredentialsPort } from '#src/store/ports/credentials.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'
import { isVerified } from './proof.ts'
import { isSamePerson } from './same-person.ts'
import { takeOverClaims } from './take-over-claims.ts'

/**
 * `bound`: the account has the identity, now or since an earlier click; `retiresAt` is when the old login ends (epoch
 * milliseconds). `owned-elsewhere`: the identity has another account, or the account another identity, or is closed to its old
 * login by now. `contradicted`: the account, or its records, are clearly somebody else's than the identity says.
 */
export type BindLoginOutcome =
  | { readonly kind: 'bound'; readonly accountId: AccountId; readonly retiresAt: number }
  | { readonly kind: 'owned-elsewhere' }
  | { readonly kind: 'contradicted' }

export type BindLoginDeps = {
  readonly accounts: Pick<AccountsPort, 'find' | 'customersOf' | 'findByIdentity' | 'changeAccess'>
  readonly credentials: Pick<CredentialsPort, 'bind'>
  readonly logouts: Pick<LogoutsPort, 'release'>
  readonly audit: Pick<AuditPort, 'append'>
  readonly source: Pick<CustomerSource, 'findByCustomerId'>
  readonly clock: Clock
  /** Destroys what is left of an old login that has ended. */
  readonly forgetLogin: (accountId: AccountId) => Promise<void>
  /** How long the old login goes on after it was bound. */
  readonly graceMs: number
}

/** Only a clear contradiction counts here: no name is rare, and no contact is looked at. */
const NO_FACTS = { isRareFirstName: () => false, isGeneric: () => false }

/** Whether a record speaks of somebody else: another birth date and another name, both of them known. */
const contradicts = (identity: ComparablePerson, record: ComparablePerson): boolean => {
  const { birthDate, familyName, firstName } = compare(identity, record, NO_FACTS)
  return birthDate === 'differ' && familyName === 'differ' && (firstName === 'differ' || firstName === 'missing')
}

/** Whether an account has a person already, read from a document, who is not beyond doubt this one. */
const isSomebodyElses = (known: AccountClaims, identity: VerifiedIdentity): boolean =>
  known.verifiedBy !== undefined && !(isVerified(identity) && isSamePerson(known, identity.claims))

/** Whether a record speaks of this very person, as far as it goes. */
const agrees = (identity: ComparablePerson, record: ComparablePerson): boolean => {
  const { birthDate, familyName } = compare(identity, record, NO_FACTS)
  return birthDate === 'exact' || familyName === 'exact'
}

/**
 * Makes an account from before the upstream that of the person who logged in to it and upstream: the account keeps its
 * records and subjects and gets the identity with its verified claims, in one transaction with its audit events. What was
 * logged in before ends, and so does the old login.
 *
 * The right password alone does not do where the records are clearly somebody else's: a password may be shared or stolen.
 * People use the account of a parent or partner, though, so one record that speaks of the person is enough. Once somebody
 * with a document has the account, nothing of all this counts: an old login, such as in its days of grace, lets no other
 * person in for good.
 * @throws PiasError `store.unavailable`
 */
export const createBindLogin = (deps: BindLoginDeps) => {
  const { accounts, credentials, logouts, audit, source, clock, forgetLogin, graceMs } = deps

  const peopleOf = async (accountId: AccountId): Promise<readonly ComparablePerson[]> => {
    const links = await accounts.customersOf(accountId)
    const found = await Promise.all(links.map(({ customerId }) => source.findByCustomerId(customerId)))
    const own = new Set(links.map(customerKeyOf))
    return found
      .flat()
      .filter(({ record }) => own.has(customerKeyOf(record)) && record.segment !== 'business')
      .map(({ person }) => person)
  }

  const isContradicted = async (identity: VerifiedIdentity, accountId: AccountId): Promise<boolean> => {
    const person = identityToPerson(identity.claims)
    const people = await peopleOf(accountId)
    return people.some(other => contradicts(person, other)) && !people.some(other => agrees(person, other))
  }

  return async (
    identity: VerifiedIdentity,
    accountId: AccountId,
    { clientId, enteredAt }: { clientId: string; enteredAt: number },
  ): Promise<BindLoginOutcome> => {
    const at = clock()
    const refuse = async (kind: 'owned-elsewhere' | 'contradicted'): Promise<BindLoginOutcome> => {
      await audit.append([{ at, type: 'bind.refused', accountId, clientId, data: { reason: kind } }])
      return { kind }
    }
    if (await isContradicted(identity, accountId)) return refuse('contradicted')
    const retiresAt = at + graceMs
    const { upstream, acr, key } = identity
    const data = { upstream, acr, by: 'old-login', retiresAt }
    const bind = async (): Promise<BindOutcome | { readonly kind: 'other-person' }> => {
      const account = await accounts.find(accountId)
      if (account === undefined) return { kind: 'gone' }
      if (isSomebodyElses(account.claims, identity)) {
        // Bound by a first click already: not everybody can be told to be the same person by name and date.
        const owner = await accounts.findByIdentity(identity.key)
        return owner === accountId ? { kind: 'identity-owned', accountId } : { kind: 'other-person' }
      }
      const claims = claimsChange(account, takeOverClaims(account.claims, identity, at), at)
      return credentials.bind({
        accountId,
        identity: key,
        claims,
        customers: [],
        at,
        enteredAt,
        retiresAt,
        events: [{ at, type: 'identity.bound', accountId, clientId, data }],
      })
    }
    let bound = await bind()
    while (bound.kind === 'stale') bound = await bind()
    if (bound.kind === 'identity-owned' && bound.accountId === accountId) return { kind: 'bound', accountId, retiresAt }
    if (bound.kind !== 'bound') return refuse(bound.kind === 'other-person' ? 'contradicted' : 'owned-elsewhere')
    // What was logged in before has ended with the binding, or came in while it was written; the apps are told.
    await accounts.changeAccess({ id: accountId, loginsNotBefore: clock(), events: [] })
    await logouts.release({ accountId }, at)
    await forgetLogin(accountId)
    return { kind: 'bound', accountId, retiresAt }
  }
}
