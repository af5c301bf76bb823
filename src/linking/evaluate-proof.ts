import type { Candidate } from '#src/customers/port.ts'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import { identityToPerson } from '#src/matching/normalise.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { holdsInvoice } from './invoice-references.ts'
import { createMatchIdentity, type Findings, type MatchDeps } from './match-identity.ts'
import { isVerified, type Proof } from './proof.ts'
import type { TypedContact } from './typed-contact.ts'

/** What a proof says of the customer base as it is now. */
export type Evaluation = {
  readonly decision: MatchDecision
  readonly findings: Findings
  /** The records that are proved themselves; none: the proof is worth nothing. */
  readonly proven: readonly CustomerKey[]
  /** Those, and what goes with them. */
  readonly linkable: readonly CustomerKey[]
  /** The records that a right answer would have proved: an invoice was tried at them. */
  readonly tried?: readonly CustomerKey[]
}

export type EvaluateDeps = MatchDeps & { readonly accounts: Pick<AccountsPort, 'contestedAmong'> }

/** Who proves: what is known of the person, and what that is worth. */
type Prover = Pick<VerifiedIdentity, 'claims' | 'assurance'>

const toKey = ({ record: { serviceLine, customerId } }: Candidate): CustomerKey => ({ serviceLine, customerId })

/** Those of the keys that are among others. */
export const keysAmong = (keys: readonly CustomerKey[], others: readonly CustomerKey[]): readonly CustomerKey[] => {
  const known = new Set(others.map(customerKeyOf))
  return keys.filter(key => known.has(customerKeyOf(key)))
}

const isOf =
  (key: CustomerKey) =>
  ({ record }: Candidate): boolean =>
    customerKeyOf(record) === customerKeyOf(key)

const holds = ({ person }: Candidate, { channel, value }: TypedContact): boolean =>
  (channel === 'mail' ? person.emails : person.mobiles).includes(value)

/**
 * Whether the upstream told this contact, verified or not: then a code to it adds nothing to what is known, for whoever
 * could put it there can read it, too.
 */
const isTold = ({ claims }: Prover, { value }: TypedContact): boolean => {
  const { emails, mobiles, landlines } = identityToPerson({ ...claims, phoneVerified: true })
  return [...emails, ...mobiles, ...landlines].includes(value)
}

/**
 * Makes the look at what a proof is worth, always against the records as they are now. The invoice of a record proves it if
 * the decision on this identity offers it. A contact proves no record by itself: it is one more thing that the person
 * holds, and the decision's own rules say what that links (ADR 0056). Both do the same work for a hit and a miss.
 */
export const createEvaluateProof = (deps: EvaluateDeps) => {
  const { accounts, source } = deps
  const matcher = createMatchIdentity(deps)

  /** What a proof links: not what people have taken from somebody, unless just that is proved. */
  const linkableOf = async ({ links }: MatchDecision, proven: readonly CustomerKey[]) => {
    const contested = await accounts.contestedAmong(links)
    const isProven = new Set(proven.map(customerKeyOf))
    return links.filter(key => isProven.has(customerKeyOf(key)) || !contested.has(customerKeyOf(key)))
  }

  /** Those of the records that the decision on an identity offers, with all of them among the findings. */
  const offeredOf = async (searched: Findings, records: readonly Candidate[]) => {
    const findings = await matcher.add(searched, records)
    const { links, candidates } = matcher.decideOn(findings)
    return { findings, offered: keysAmong(records.map(toKey), [...links, ...candidates]) }
  }

  /** @param named the records of the customer number, `right` those of the invoice as well */
  const byInvoice = async (
    identity: Prover,
    { right, named = right }: { right: readonly Candidate[]; named?: readonly Candidate[] },
  ): Promise<Evaluation> => {
    const searched = await matcher.search(identity)
    const { offered: tried } = await offeredOf(searched, named)
    const { findings, offered: proven } = await offeredOf(searched, right)
    const decision = matcher.decideOn(findings, proven)
    // What goes with a proven record was found with the claims, so they must not be the person's own word.
    const linkable = isVerified(identity) ? await linkableOf(decision, proven) : proven
    return { decision, findings, proven, tried, linkable }
  }

  const byContact = async (identity: Prover, contact: TypedContact): Promise<Evaluation> => {
    const findings = await matcher.search(identity, contact)
    const decision = matcher.decideOn(findings)
    const holders = findings.candidates.filter(candidate => holds(candidate, contact)).map(toKey)
    const proven = keysAmong(decision.links, holders)
    // With a name that anybody can type, or a contact that was known before, a code proves nothing more.
    const counts = isVerified(identity) && !isTold(identity, contact) && proven.length > 0
    const linkable = await linkableOf(decision, proven)
    return { decision, findings, proven: counts ? proven : [], linkable: counts ? linkable : [] }
  }

  return {
    byInvoice,
    byContact,
    /** The same for a proof that was made before. */
    again: async (identity: Prover, proof: Proof): Promise<Evaluation> => {
      if (proof.kind === 'contact') return byContact(identity, proof.contact)
      const found = await Promise.all(
        proof.records.map(async key => (await source.findByCustomerId(key.customerId)).filter(isOf(key))),
      )
      // A customer number that was given out anew has other invoices.
      const right = found.flat().filter(({ record }) => holdsInvoice(record.invoiceReferences, proof.invoice))
      return byInvoice(identity, { right })
    },
  }
}
