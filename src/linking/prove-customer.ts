import { createHash } from 'node:crypto'
import type { Candidate } from '#src/customers/port.ts'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import type { BindResult } from '#src/store/ports/accounts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import { createOpenAccount, type OpeningDeps, toCustomerLinks } from './account-opening.ts'
import { toDecisionRecord } from './decision-record.ts'
import { holdsInvoiceReference } from './invoice-references.ts'
import { createMatchIdentity, type Findings, type MatchDeps } from './match-identity.ts'
import { createRaiseReviews, type RaiseReviewsDeps } from './raise-reviews.ts'

/** What a person types to prove that a record is his own. */
export type ProofAnswer = {
  readonly customerId: string
  readonly invoiceReference: string
}

/**
 * `wrong` stands for all failures alike: no such record, another reference, or a record that cannot be this person's.
 * `locked`: too many tries of this identity, over all its attempts, today. `owned-elsewhere`: the answer is right, but
 * another account has the record, and links are never moved.
 */
export type ProofOutcome =
  | { readonly kind: 'proved'; readonly accountId: AccountId }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'owned-elsewhere' }

export type ProveCustomerDeps = MatchDeps &
  OpeningDeps &
  RaiseReviewsDeps & {
    readonly audit: Pick<AuditPort, 'append'>
    readonly limits: LimitsPort
  }

/** Tries one identity has, whatever the number of its attempts. */
export const MAX_TRIES_PER_DAY = 10
const DAY_SECONDS = 24 * 3600
const REFERENCE_LENGTH = 22

/** Names an identity or an attempt in counters and audit without giving it away. */
const reference = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, REFERENCE_LENGTH)

const limitKey = ({ issuer, clientId, subject }: IdentityKey): string => `proof:${reference(issuer, clientId, subject)}`

const toKey = ({ record: { serviceLine, customerId } }: Candidate): CustomerKey => ({ serviceLine, customerId })

/** The keys that the decision offers to this identity or would link to it anyway. */
const claimable = (decision: MatchDecision, keys: readonly CustomerKey[]): readonly CustomerKey[] => {
  const open = new Set([...decision.links, ...decision.candidates].map(customerKeyOf))
  return keys.filter(key => open.has(customerKeyOf(key)))
}

const sameKey = (a: CustomerKey, b: CustomerKey): boolean => customerKeyOf(a) === customerKeyOf(b)

/**
 * Makes the check of "I am already a customer": customer number and invoice reference, bound to this identity, to the
 * very record, and (in the audit record) to this attempt.
 *
 * An answer proves a record only if the record is also one that the decision on this identity offers, scored among all
 * its candidates: a stranger's invoice opens nothing. Hit and miss do the same work, in the same order. Then the
 * account is opened with the proven record, and with those that are tied to it beyond doubt, unless the claims are only
 * asserted. The caller counts the tries of one attempt; this counts those of the identity over all attempts.
 * @throws PiasError `store.unavailable`
 */
export const createProveCustomer = (deps: ProveCustomerDeps) => {
  const { source, audit, limits, clock } = deps
  const matcher = createMatchIdentity(deps)
  const openAccount = createOpenAccount(deps)
  const { raiseConflicts } = createRaiseReviews(deps)

  const findProven = async (
    identity: VerifiedIdentity,
    answer: ProofAnswer,
  ): Promise<{ proven: readonly CustomerKey[]; findings: Findings }> => {
    const [named, found] = await Promise.all([
      source.findByCustomerId(answer.customerId.trim()),
      matcher.search(identity),
    ])
    const right = named.filter(({ record }) => holdsInvoiceReference(record.invoiceReferences, answer.invoiceReference))
    // The work of one comparison is done for a customer number that nobody has, too.
    if (named.length === 0) holdsInvoiceReference([], answer.invoiceReference)
    const findings = await matcher.add(found, right)
    return { proven: claimable(matcher.decideOn(identity, findings), right.map(toKey)), findings }
  }

  type Context = { readonly clientId: string; readonly attemptUid: string }

  const bind = async (
    identity: VerifiedIdentity,
    { clientId, attemptUid }: Context,
    proven: readonly CustomerKey[],
    findings: Findings,
  ): Promise<BindResult> => {
    const decision = matcher.decideOn(identity, findings, proven)
    const customers = toCustomerLinks(decision, findings.candidates, proven)
    const isProven = (customer: CustomerKey) => proven.some(key => sameKey(customer, key))
    const data = { attempt: reference(attemptUid) }
    const record = toDecisionRecord(decision, deps.matching.errorBudget)
    const open = async (linked: typeof customers): Promise<BindResult> => {
      const bound = await openAccount({
        ...{ identity, clientId, origin: 'proof', customers: linked, decision: record, data },
      })
      if (bound.kind === 'owned-elsewhere') {
        await raiseConflicts(bound.customers, { origin: 'proof', ruleVersion: decision.ruleVersion })
      }
      return bound
    }
    // What goes with the proven record was found with the claims, so they must not be the person's own word.
    if (identity.assurance === 'asserted') return open(customers.filter(isProven))
    const bound = await open(customers)
    if (bound.kind !== 'owned-elsewhere' || bound.customers.some(isProven)) return bound
    // Another account has a record that goes with the proven one: it stays there, and nothing is concluded from ties.
    return open(customers.filter(isProven))
  }

  const refuse = async (
    kind: 'wrong' | 'locked' | 'owned-elsewhere',
    { clientId, attemptUid }: Context,
  ): Promise<ProofOutcome> => {
    const data = { reason: kind, attempt: reference(attemptUid) }
    await audit.append([{ at: clock(), type: 'proof.refused', clientId, data }])
    return { kind }
  }

  return async (identity: VerifiedIdentity, context: Context, answer: ProofAnswer): Promise<ProofOutcome> => {
    const tries = await limits.hit(limitKey(identity.key), DAY_SECONDS)
    if (tries > MAX_TRIES_PER_DAY) return refuse('locked', context)
    const { proven, findings } = await findProven(identity, answer)
    if (proven.length === 0) return refuse('wrong', context)
    const bound = await bind(identity, context, proven, findings)
    // `already`: another tab opened an account meanwhile; the login goes on with that one, without this record.
    return bound.kind === 'owned-elsewhere'
      ? refuse('owned-elsewhere', context)
      : { kind: 'proved', accountId: bound.accountId }
  }
}
