import type { ComparablePerson, CustomerKey, CustomerRecord } from '#src/kernel/customer.ts'
import type { IdentityClaims } from '#src/kernel/identity.ts'
import { familyNameTerm, firstNameTerm } from '#src/matching/blocking.ts'
import { type DecideInput, decide, type MatchCandidate, type MatchDecision } from '#src/matching/decide.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import { identityToPerson, toComparablePerson } from '#src/matching/normalise.ts'

/** A synthetic person as itsme would describe her; everybody in these tests is made up. */
export const LOTTE: IdentityClaims = {
  givenName: 'Lotte Marie A',
  familyName: 'Van den Broeck',
  birthdate: '1988-03-14',
  email: 'lotte.vdb@example.com',
  emailVerified: false,
  phoneNumber: '+32 470123456',
  phoneVerified: true,
  address: { streetAddress: 'Kerkstraat 32 bus 20', postalCode: '9000', locality: 'GENT' },
}

/** Lotte's record as a tidy system would hold it. */
export const TIDY: CustomerRecord = {
  serviceLine: 'mobile',
  customerId: '1',
  firstName: 'Lotte',
  lastName: 'Van den Broeck',
  birthDate: '1988-03-14',
  emails: ['lotte.vdb@example.com'],
  phones: ['0470 12 34 56'],
  address: { street: 'Kerkstraat', number: '32', box: '20', postalCode: '9000', locality: 'Gent' },
  formerAddresses: [],
  invoiceReferences: [],
  segment: 'consumer',
  status: 'active',
  role: 'holder',
  createdAt: '2015-06-01',
}

type Optional = Exclude<
  keyof CustomerRecord,
  keyof CustomerKey | 'emails' | 'phones' | 'formerAddresses' | 'invoiceReferences'
>
export type Changes = { [K in keyof CustomerRecord]?: CustomerRecord[K] | undefined }

/** The tidy record with some fields changed; undefined takes a field away. */
export const record = (changes: Changes = {}): CustomerRecord => {
  const merged = { ...TIDY, ...changes }
  const absent = (Object.keys(merged) as Optional[]).filter(field => merged[field] === undefined)
  for (const field of absent) delete merged[field]
  return merged as CustomerRecord
}

/** Lotte's claims with some changed; undefined takes one away. */
export const claims = (changes: { [K in keyof IdentityClaims]?: IdentityClaims[K] | undefined } = {}): IdentityClaims =>
  Object.fromEntries(Object.entries({ ...LOTTE, ...changes }).filter(([, value]) => value !== undefined))

/** What a record holds that neither belongs to Lotte nor says anything of her. */
export const ELSEWHERE = {
  emails: ['someone@example.org'],
  phones: ['0498 76 54 32'],
  address: { street: 'Stationsplein', number: '5', postalCode: '2000', locality: 'Antwerpen' },
} satisfies Changes

/** A base of a million records in which Lotte's names, and those of her relatives, are as frequent as in Belgium. */
export const FREQUENCIES = {
  total: 1_000_000,
  counts: new Map([
    [firstNameTerm('lotte'), 1500],
    [firstNameTerm('marie'), 9000],
    [firstNameTerm('anna'), 4000],
    [firstNameTerm('lotta'), 40],
    [firstNameTerm('tom'), 5000],
    [firstNameTerm('jan'), 9000],
    [familyNameTerm('vandenbroeck'), 700],
    [familyNameTerm('peeters'), 3000],
    [familyNameTerm('janssens'), 2900],
  ]),
}

export const toCandidate = (customer: CustomerRecord, options = {}): MatchCandidate => ({
  record: customer,
  person: toComparablePerson(customer, options),
})

export type Situation = {
  readonly identity?: ComparablePerson
  readonly overflowed?: readonly string[]
  readonly complete?: boolean
  readonly model?: MatchModel
  readonly termCounts?: DecideInput['termCounts']
  readonly proven?: readonly CustomerKey[]
  readonly nationalNumber?: boolean
}

/** Decides on Lotte (or the given identity) among records. */
export const decideAmong = (records: readonly CustomerRecord[], situation: Situation = {}): MatchDecision =>
  decide({
    identity: identityToPerson(LOTTE),
    candidates: records.map(one => toCandidate(one, { nationalNumber: situation.nationalNumber ?? false })),
    termCounts: FREQUENCIES,
    overflowed: [],
    complete: true,
    model: DEFAULT_MODEL,
    ...situation,
  })

/** The ids of linked and offered records, for short expectations. */
export const idsOf = ({ outcome, links, candidates }: MatchDecision) => ({
  outcome,
  links: links.map(({ customerId }) => customerId),
  candidates: candidates.map(({ customerId }) => customerId),
})
