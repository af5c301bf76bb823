import { personaOf } from '#bench/upstream/persona.ts'
import { customerKeyOf, SERVICE_LINES } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Opening } from '#src/linking/account-opening.ts'
import { type DecisionRecord, withoutNumbers } from '#src/linking/decision-record.ts'
import type { MatchExplanation } from '#src/matching/decide.ts'

const FIELDS = ['firstName', 'familyName', 'birthDate', 'mobile', 'email', 'address'] as const

/** A record by its number in the base, as a matched login explains it. */
const explanationOf = (line: number, customerId: string, verdict: MatchExplanation['verdict']): MatchExplanation => ({
  serviceLine: SERVICE_LINES[line] ?? 'mobile',
  customerId,
  verdict,
  wrong: 1.234e-7,
  own: 0.4321,
  ...(verdict === 'linked' ? { rule: 'anchor' as const } : {}),
  rivals: { stranger: 1.1e-9, household: 2.2e-8, twin: 3.3e-10, junior: 4.4e-10 },
  runnerUp: 'household',
  margin: 24.23,
  possessions: 2,
  ties: 0,
  fields: FIELDS.map(field => ({
    field,
    level: 'exact',
    own: 0.9321,
    stranger: 0.0001234,
    household: 0.2345,
    twin: 0.01234,
    junior: 0.04321,
  })),
})

const decisionOf = (outcome: DecisionRecord['outcome'], records: readonly MatchExplanation[]): DecisionRecord => ({
  outcome,
  ruleVersion: 'r6',
  errorBudget: 1e-4,
  margins: [],
  compared: records.length,
  records,
})

/** The customer number of an account's record at a service line. */
export const numberOf = (index: number, line: number): string => `C${line}${String(index).padStart(8, '0')}`

/** A record that nobody has; many decisions were about it. */
export const UNDECIDED = 'U00000000'

/** What itsme knows the person of an account by. */
export const subjectOf = (index: number): string => personaOf(index).subject

/** One to four records: 2.5 on average. */
const LINES = SERVICE_LINES.length

/** The opening of a synthetic account, as a login makes it that was matched. */
export const openingOf = (index: number, clientId: string, upstream: Omit<IdentityKey, 'subject'>): Opening => {
  const { subject, firstNames, familyName, birthdate, email, phone } = personaOf(index)
  const identity: VerifiedIdentity = {
    upstream: 'itsme',
    key: { ...upstream, subject },
    assurance: 'verified',
    acr: 'urn:pias:acr:basic',
    amr: ['mfa'],
    authTime: 0,
    claims: {
      name: `${firstNames.join(' ')} ${familyName}`,
      givenName: firstNames.join(' '),
      familyName,
      birthdate,
      email,
      emailVerified: false,
      phoneNumber: phone,
      phoneVerified: true,
    },
  }
  const explanations = Array.from({ length: 1 + (index % LINES) }, (_, line) =>
    explanationOf(line, numberOf(index, line), 'linked'),
  )
  const customers = explanations.map(explanation => ({
    serviceLine: explanation.serviceLine,
    customerId: explanation.customerId,
    role: 'holder' as const,
    method: 'match' as const,
    ruleVersion: 'r6',
    evidence: explanation,
  }))
  const decision = decisionOf('link', explanations)
  return { identity, clientId, origin: 'match', customers, decision }
}

/** The event of a login that matching left to a proof; each hundredth is about {@link UNDECIDED}. */
export const undecidedEvent = (index: number, at: number, clientId: string) => {
  const customerId = index % 100 === 0 ? UNDECIDED : `U${String(index).padStart(8, '0')}`
  const decision = withoutNumbers(decisionOf('confirm', [explanationOf(0, customerId, 'offered')]))
  const { outcome, ruleVersion, margins, compared } = decision
  const data = { outcome, ruleVersion, margins, offered: 1, compared, decision }
  const records = [customerKeyOf({ serviceLine: 'mobile', customerId })]
  return { at, type: 'link.unresolved', clientId, data, records }
}

/** An id as PIAS draws them, the same in every run. */
export const accountIdOf = (index: number): AccountId => personaOf(index).subject.slice(0, 22) as AccountId
