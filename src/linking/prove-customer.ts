import type { CustomerSource } from '#src/customers/port.ts'
import { type CustomerKey, customerKeyOf, SERVICE_LINES } from '#src/kernel/customer.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import { type ConcludeDeps, createConcludeProof } from './conclude-proof.ts'
import { createEvaluateProof } from './evaluate-proof.ts'
import { inEvenTime } from './even-time.ts'
import { holdsInvoice, invoiceDigest } from './invoice-references.ts'
import type { MatchDeps } from './match-identity.ts'
import { MAX_TRIES_AT_RECORD, MAX_TRIES_PER_DAY, type ProofContext, type ProofOutcome } from './proof.ts'
import { identityReference, referenceTo } from './references.ts'

/** What a person types to prove that a record is theirs. */
export type ProofAnswer = {
  readonly customerId: string
  readonly invoiceReference: string
}

export type ProveDeps = MatchDeps &
  ConcludeDeps & {
    readonly source: CustomerSource
    readonly limits: LimitsPort
  }

const DAY_SECONDS = 24 * 3600
const WEEK_SECONDS = 7 * DAY_SECONDS

/** Counts one more try of an identity, over all its attempts and ways to prove. @returns whether it was one too many */
export const createCountTry =
  (limits: LimitsPort) =>
  async ({ key }: VerifiedIdentity): Promise<boolean> =>
    (await limits.hit(`proof:${identityReference(key)}`, DAY_SECONDS)) > MAX_TRIES_PER_DAY

/** What is not there of as many records as a customer number can have, by number: the work is done for these, too. */
const missingOf = (records: readonly unknown[]): readonly number[] =>
  Array.from({ length: Math.max(0, SERVICE_LINES.length - records.length) }, (_, at) => at)

/**
 * Counts one more try at each record that it could have proved, over all identities. Strangers cannot use up anybody's, for
 * their tries could prove nothing; those who only say who they are have tries of their own. The same is counted however many of
 * these records there are.
 * @returns whether it was one too many
 */
const createCountTryAt =
  (limits: LimitsPort) =>
  async ({ key, assurance }: VerifiedIdentity, records: readonly CustomerKey[]): Promise<boolean> => {
    const nobodys = identityReference(key)
    const fillers = missingOf(records).map(at => `none ${at} ${nobodys}`)
    const counters = [...records.map(customerKeyOf), ...fillers].map(name => `proof:at:${referenceTo(assurance, name)}`)
    const tries = await Promise.all(counters.map(counter => limits.hit(counter, WEEK_SECONDS)))
    return tries.slice(0, records.length).some(count => count > MAX_TRIES_AT_RECORD)
  }

/**
 * Makes the check of "I am already a customer": customer number and invoice reference, bound to this identity, to the
 * very record, and (in the audit record) to this attempt.
 *
 * An answer proves a record only if the record is also one that the decision on this identity offers, scored among all
 * its candidates: a stranger's invoice opens nothing. Hit and miss do the same work, in the same order, and take the same
 * time, however many candidates there are. Nothing is linked here (link-records.ts). The caller counts the tries of one
 * attempt; this counts those of the identity over all attempts, and those at a record over all identities. One too many at a
 * record is wrong like any other, for nobody is told which records there are.
 * @throws PiasError `store.unavailable`
 */
export const createProveCustomer = (deps: ProveDeps) => {
  const evaluate = createEvaluateProof(deps)
  const { conclude, refuse } = createConcludeProof(deps)
  const isOneTooMany = createCountTry(deps.limits)
  const isOneTooManyAt = createCountTryAt(deps.limits)

  const prove = async (
    identity: VerifiedIdentity,
    context: ProofContext,
    answer: ProofAnswer,
  ): Promise<ProofOutcome> => {
    if (await isOneTooMany(identity)) return refuse('locked', context)
    const named = await deps.source.findByCustomerId(answer.customerId.trim())
    const invoice = invoiceDigest(answer.invoiceReference)
    const right = named.filter(({ record }) => holdsInvoice(record.invoiceReferences, invoice))
    // The work of these comparisons is done for a customer number that nobody has, too.
    for (const _ of missingOf(named)) holdsInvoice([], invoice)
    const evaluation = await evaluate.byInvoice(identity, { named, right })
    if (await isOneTooManyAt(identity, evaluation.tried ?? [])) return refuse('wrong', context, 'record-locked')
    return conclude(identity, context, { kind: 'invoice', records: evaluation.proven, invoice }, evaluation)
  }

  return (...input: Parameters<typeof prove>): Promise<ProofOutcome> => inEvenTime(() => prove(...input))
}
