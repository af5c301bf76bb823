import type { CustomerKey } from '#src/kernel/customer.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Findings, MatchIdentity } from '#src/linking/match-identity.ts'
import type { MatchCandidate, MatchDecision } from '#src/matching/decide.ts'
import type { EvaluatedIdentity } from './identity-line.ts'
import type { Truth } from './truth-line.ts'

/**
 * One line of the decisions file. `customerIds` would be linked at once, `candidates` would be offered for proof; the
 * latter may be there beside links.
 */
export type DecisionLine = {
  readonly identityId: string
  readonly decision: MatchDecision['outcome']
  readonly customerIds: readonly string[]
  readonly candidates: readonly string[]
}

/** What it takes to try a proof by invoice: the records of a customer number, and whose they are. */
export type InvoiceTrial = {
  readonly source: { findByCustomerId(customerId: string): Promise<readonly MatchCandidate[]> }
  readonly truths: ReadonlyMap<string, Truth>
}

/** An identity as it stands before linking, fresh from a first login at itsme. */
const asVerified = ({ identityId, claims }: EvaluatedIdentity): VerifiedIdentity => ({
  upstream: 'itsme',
  key: { issuer: 'evaluation', clientId: 'evaluation', subject: identityId },
  assurance: 'verified',
  acr: 'urn:pias:acr:basic',
  amr: [],
  authTime: 0,
  claims,
})

const idsOf = (keys: readonly CustomerKey[]): readonly string[] => keys.map(({ customerId }) => customerId)

/**
 * Those of a person's own records that were neither linked nor offered, but that customer number and invoice would prove:
 * a record that is named need not have been found.
 */
const provableByInvoice = async (
  matcher: Pick<MatchIdentity, 'add' | 'decideOn'>,
  { findings, line }: { findings: Findings; line: DecisionLine },
  { source, truths }: InvoiceTrial,
): Promise<readonly string[]> => {
  const known = new Set([...line.customerIds, ...line.candidates])
  const provable: string[] = []
  for (const id of truths.get(line.identityId)?.customerIds ?? []) {
    if (known.has(id)) continue
    const { links, candidates } = matcher.decideOn(await matcher.add(findings, await source.findByCustomerId(id)))
    if (idsOf([...links, ...candidates]).includes(id)) provable.push(id)
  }
  return provable
}

/**
 * Decides on each identity as a login would, one after the other. Nothing is bound in between, so each is judged as if
 * it came first: that another account already owns a record, which stops a link at a login, helps nobody here.
 * @param trial where it is known whose records are whose, proofs by invoice are tried, too
 * @returns with each decision the own records that such a proof would bring besides
 * @throws PiasError `store.unavailable`
 */
export async function* evaluate(
  matcher: MatchIdentity,
  identities: Iterable<EvaluatedIdentity>,
  trial?: InvoiceTrial,
): AsyncGenerator<{
  readonly identity: EvaluatedIdentity
  readonly line: DecisionLine
  readonly byInvoice: readonly string[]
}> {
  for (const evaluated of identities) {
    const identity = asVerified(evaluated)
    const findings = await matcher.search(identity)
    const { outcome, links, candidates } = matcher.decideOn(findings)
    const { identityId } = evaluated
    const line = { identityId, decision: outcome, customerIds: idsOf(links), candidates: idsOf(candidates) }
    const byInvoice = trial === undefined ? [] : await provableByInvoice(matcher, { findings, line }, trial)
    yield { identity: evaluated, line, byInvoice }
  }
}
