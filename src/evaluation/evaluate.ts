import type { CustomerKey } from '#src/kernel/customer.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { MatchIdentity } from '#src/linking/match-identity.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import type { EvaluatedIdentity } from './identity-line.ts'

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
 * Decides on each identity as a login would, one after the other. Nothing is bound in between, so each is judged as if
 * it came first: that another account already owns a record, which stops a link at a login, helps nobody here.
 * @throws PiasError `store.unavailable`
 */
export async function* evaluate(
  matcher: Pick<MatchIdentity, 'search' | 'decideOn'>,
  identities: Iterable<EvaluatedIdentity>,
): AsyncGenerator<{ readonly identity: EvaluatedIdentity; readonly line: DecisionLine }> {
  for (const evaluated of identities) {
    const identity = asVerified(evaluated)
    const { outcome, links, candidates } = matcher.decideOn(await matcher.search(identity))
    const { identityId } = evaluated
    const line = { identityId, decision: outcome, customerIds: idsOf(links), candidates: idsOf(candidates) }
    yield { identity: evaluated, line }
  }
}
