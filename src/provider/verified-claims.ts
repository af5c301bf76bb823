import type { ClaimName } from '#src/kernel/identity.ts'
import type { Account } from '#src/store/ports/accounts.ts'
import { standardClaims } from './claims.ts'

/** What is said of an upstream's word on a person: under which rules it was given (OpenID Connect for Identity Assurance). */
type IdentityAssurance = {
  readonly trustFramework: string
  readonly assuranceLevel?: string | undefined
  /** Who vouches. */
  readonly organization: string
}

/** The assurances of the configuration, by upstream; without any there are no verified claims. */
export type IdentityAssurances = ReadonlyMap<string, IdentityAssurance>

/** What comes from the identity document; phone and e-mail do not (docs/itsme.md). */
export const VERIFIABLE_CLAIMS = ['name', 'given_name', 'family_name', 'birthdate', 'gender', 'address'] as const

/** The same claims as an account names them. */
const CLAIM_NAMES = {
  name: 'name',
  given_name: 'givenName',
  family_name: 'familyName',
  birthdate: 'birthdate',
  gender: 'gender',
  address: 'address',
} as const satisfies Record<(typeof VERIFIABLE_CLAIMS)[number], ClaimName>

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asObject = (value: unknown): Members => (isObject(value) ? value : {})

/** A `verified_claims` member as a request; of several the first counts, for PIAS has one verification of a person. */
export const firstRequest = (member: unknown): Members => asObject(Array.isArray(member) ? member[0] : member)

/** The names of the claims that a `verified_claims` member asks for. */
export const verifiedClaimNames = (member: unknown): string[] => Object.keys(asObject(firstRequest(member).claims))

/** Whether a value is what the request demands of it (OpenID Connect Core 5.5.1; Identity Assurance 1.0). */
const meets = (demand: unknown, actual: unknown): boolean => {
  const { value, values } = asObject(demand)
  if (value !== undefined && value !== actual) return false
  return !Array.isArray(values) || values.includes(actual)
}

const DATE = 'YYYY-MM-DD'.length

const evidenceOf = ({ organization }: IdentityAssurance, at: string) => ({
  type: 'vouch',
  attestation: { type: 'digital_attestation', date_of_issuance: at.slice(0, DATE), voucher: { organization } },
})

/** Whether the request's list of evidence, if it has one, has an entry that PIAS's evidence fulfils. */
const meetsEvidence = (demand: unknown, evidence: ReturnType<typeof evidenceOf>): boolean => {
  if (!Array.isArray(demand) || demand.length === 0) return true
  return demand.some(entry => {
    const { type, attestation } = asObject(entry)
    return meets(type, evidence.type) && meets(asObject(attestation).type, evidence.attestation.type)
  })
}

/** Whether the verification is young enough; `now` and `verifiedAt` in epoch milliseconds, the demand in seconds. */
const meetsAge = (demand: unknown, verifiedAt: number, now: number): boolean => {
  const { max_age: maxAge } = asObject(demand)
  return typeof maxAge !== 'number' || now - verifiedAt <= maxAge * 1000
}

/** The verification as far as it was asked for; undefined when it is not what the request demands. */
const verificationFor = (demand: Members, assurance: IdentityAssurance, verifiedAt: number, now: number) => {
  const time = new Date(verifiedAt).toISOString().replace(/\.\d+Z$/, 'Z')
  const evidence = evidenceOf(assurance, time)
  const isMet =
    meets(demand.trust_framework, assurance.trustFramework) &&
    meets(demand.assurance_level, assurance.assuranceLevel) &&
    meetsAge(demand.time, verifiedAt, now) &&
    meetsEvidence(demand.evidence, evidence)
  if (!isMet) return undefined
  const { assuranceLevel } = assurance
  return {
    trust_framework: assurance.trustFramework,
    ...('assurance_level' in demand && assuranceLevel !== undefined && { assurance_level: assuranceLevel }),
    ...('time' in demand && { time }),
    ...('evidence' in demand && { evidence: [evidence] }),
  }
}

/**
 * The `verified_claims` of a person (OpenID Connect for Identity Assurance 1.0): what an upstream read from an identity
 * document, under which rules, who vouches for it and since when PIAS has it in this form. Nothing that was not asked for;
 * nothing at all when the person was not verified, no assurance is configured for the upstream, what is demanded of the
 * verification does not hold, or no claim is left.
 * @param isGranted whether the app may have a claim
 * @param now epoch milliseconds
 */
export const verifiedClaims = (
  request: unknown,
  account: Account,
  deps: { assurances: IdentityAssurances; isGranted: (claim: string) => boolean; now: number },
): Members | undefined => {
  const { verifiedBy } = account.claims
  const assurance = verifiedBy === undefined ? undefined : deps.assurances.get(verifiedBy)
  const { verification: demand, claims: asked } = firstRequest(request)
  if (assurance === undefined || !isObject(demand) || !isObject(asked)) return undefined
  const verification = verificationFor(demand, assurance, account.updatedAt, deps.now)
  if (verification === undefined) return undefined
  const known = standardClaims(account.claims)
  const isVerified = (name: (typeof VERIFIABLE_CLAIMS)[number]): boolean =>
    (account.claims.sources?.[CLAIM_NAMES[name]]?.by ?? verifiedBy) === verifiedBy
  const names = VERIFIABLE_CLAIMS.filter(
    name =>
      name in asked &&
      known[name] !== undefined &&
      isVerified(name) &&
      deps.isGranted(name) &&
      meets(asked[name], known[name]),
  )
  if (names.length === 0) return undefined
  return { verification, claims: Object.fromEntries(names.map(name => [name, known[name]])) }
}

/** What discovery says of them (Identity Assurance 1.0); nothing where there are none. */
export const verifiedClaimsMetadata = (assurances: IdentityAssurances) =>
  assurances.size === 0
    ? {}
    : {
        verified_claims_supported: true,
        trust_frameworks_supported: [...new Set([...assurances.values()].map(one => one.trustFramework))],
        evidence_supported: ['vouch'],
        claims_in_verified_claims_supported: [...VERIFIABLE_CLAIMS],
      }
