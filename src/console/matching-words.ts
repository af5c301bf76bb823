/** What matching says, in words; what has none here is called by its code. */
type Words = Readonly<Record<string, string>>

const FIELDS: Words = {
  firstName: 'First name',
  firstNames: 'First names',
  familyName: 'Family name',
  lastName: 'Family name',
  phones: 'Phone numbers',
  formerAddresses: 'Former addresses',
  invoiceReferences: 'Invoices',
  language: 'Language',
  birthDate: 'Date of birth',
  email: 'E-mail address',
  mobile: 'Mobile number',
  landline: 'Landline number',
  address: 'Address',
  addresses: 'Addresses',
  nationalNumber: 'National number',
  emails: 'E-mail addresses',
  mobiles: 'Mobile numbers',
  companyName: 'Company',
  createdAt: 'Made on',
  segment: 'Private or business',
  status: 'State',
  role: 'Role',
}

const LEVELS: Words = {
  exact: 'the same',
  full: 'the same house and box',
  house: 'the same house, another box',
  street: 'the same street',
  place: 'the same postal code',
  other: 'another of the registered names',
  nickname: 'a short or translated form',
  misspelling: 'one slip of the pen away',
  partial: 'a part of a compound name',
  part: 'a part of it',
  initial: 'the first letter only',
  similar: 'close, but a name of its own',
  swapped: 'day and month exchanged',
  typo: 'one digit off',
  year: 'the year only',
  slip: 'one character off',
  generic: 'the same, but shared by too many people',
  missing: 'not known on one side',
  differ: 'another one',
}

const REASONS: Words = {
  anchor: 'It stands by its own evidence',
  satellite: 'It goes with a record that stands by its own',
  proven: 'The person proved it',
  deceased: 'The record belongs to somebody who died',
  business: 'It is a company’s, which takes a mandate',
  'national-number-differs': 'The national number is another one',
  'birth-date-differs': 'The date of birth is another one',
  'made-before-holder-age': 'It was made before the person could hold it',
  'contact-of-namesake': 'Its number or mailbox is that of a namesake',
  'namesake-on-contact': 'A namesake has the same number or mailbox',
  'two-national-numbers': 'Two national numbers fit',
  overflowed: 'Too many records were alike to look at all',
  incomplete: 'A source of records did not answer',
  improbable: 'It is not certain enough',
  'kind-of-evidence': 'The evidence is not of a kind that links by itself',
}

const RIVALS: Words = {
  stranger: 'a stranger',
  household: 'somebody of the same household',
  twin: 'a twin',
  junior: 'a child or parent of the same name',
}

const METHODS: Words = {
  match: 'found by matching',
  proof: 'proved by the person',
  admin: 'linked by an admin',
  import: 'imported',
}

const PROOFS: Words = {
  invoice: 'by a customer number and the reference of an invoice',
  contact: 'by a code to a contact that the record holds',
}

const OUTCOMES: Words = {
  link: 'linked',
  linked: 'linked',
  confirm: 'asked for a proof',
  offered: 'offered for a proof',
  none: 'nothing found',
  contested: 'asked for a proof: people took the record from somebody',
  'owned-elsewhere': 'somebody else’s already',
  'passed-over': 'passed over',
  absent: 'not found',
}

const of =
  (words: Words) =>
  (code: string): string =>
    words[code] ?? code

/** A field that is compared. */
export const fieldWord = of(FIELDS)
/** How a field agrees. */
export const levelWord = of(LEVELS)
/** Why a record was linked or not. */
export const reasonWord = of(REASONS)
/** Who else it might be. */
export const rivalWord = of(RIVALS)
/** What came of a decision, or of a record in it. */
export const outcomeWord = of(OUTCOMES)
/** How a record came to an account. */
export const methodWord = of(METHODS)
/** By what a person proved a record. */
export const proofWord = of(PROOFS)
