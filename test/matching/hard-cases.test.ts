import type { CustomerRecord } from '#src/kernel/customer.ts'
import type { IdentityClaims } from '#src/kernel/identity.ts'
import { identityToPerson } from '#src/matching/normalise.ts'
import { type Changes, claims, decideAmong, record } from './people.ts'

/**
 * The cases that everybody in the field asks about, each with what must be decided and why. All people are made up; the
 * identity is Lotte Van den Broeck of people.ts unless the case says otherwise.
 */
type HardCase = {
  readonly name: string
  readonly identity?: Parameters<typeof claims>[0]
  readonly records: readonly Changes[]
  /** By customer id, which is the place of the record in the list, from 1. */
  readonly links: readonly number[]
  readonly offered: readonly number[]
  readonly why: string
}

const NO_CONTACT = { emails: [], phones: [] }
const AWAY = { address: { street: 'Stationsplein', number: '5', postalCode: '2000', locality: 'Antwerpen' } }
const BRUSSELS: IdentityClaims['address'] = {
  streetAddress: 'Rue de la Loi 16 bte 3',
  postalCode: '1040',
  locality: 'BRUXELLES',
}

const CASES: readonly HardCase[] = [
  {
    name: 'twins',
    records: [
      { firstName: 'Anna', ...NO_CONTACT },
      { firstName: 'Anna', phones: [], emails: ['anna@example.net'] },
      { emails: [] },
    ],
    links: [3],
    offered: [],
    why: 'the twin agrees in all but the first name, and a first name that differs is never linked nor offered',
  },
  {
    name: 'twins named one letter apart',
    records: [{ firstName: 'Lotta' }],
    links: [],
    offered: [1],
    why: 'a name that others bear is a sibling, not a slip',
  },
  {
    name: 'twins, one called Marie and the other Marie-Thérèse, who share a mailbox',
    identity: { givenName: 'Marie' },
    records: [
      { firstName: 'Marie', emails: ['lotte.vdb@example.com', 'home@example.net'] },
      { firstName: 'Marie-Thérèse', phones: ['0498765432'], emails: ['lotte.vdb@example.com', 'home@example.net'] },
      { firstName: 'Marie-Thérèse' },
    ],
    links: [1],
    offered: [2, 3],
    why: 'half of a double name is a name of its own, and twins hold each other’s contracts: no contact makes up for it',
  },
  {
    name: 'twins Peter and Peter-Jan, of whom Peter has Jan for a second name',
    identity: { givenName: 'Peter Jan' },
    records: [
      { firstName: 'Peter-Jan', ...NO_CONTACT },
      { firstName: 'Peter Jan', ...NO_CONTACT },
      { firstName: 'Peter-Jan', emails: [] },
    ],
    links: [2, 3],
    offered: [1],
    why: 'a hyphen more or less is a slip of the pen: it takes something he holds, not the home',
  },
  {
    name: 'twins Paul and Paula, names in each other’s field',
    identity: { givenName: 'Paula', familyName: 'De Backer' },
    records: [
      { firstName: 'De Backer', lastName: 'PAUL', emails: [] },
      { firstName: 'De Backer', lastName: 'PAULA', emails: [] },
    ],
    links: [2],
    offered: [],
    why: 'one letter more is nothing in a surname and a sibling in a first name, wherever it stands',
  },
  {
    name: 'junior and senior',
    records: [{ birthDate: '1958-07-21' }, { ...NO_CONTACT, birthDate: undefined }, { emails: [] }],
    links: [3],
    offered: [1, 2],
    why: 'the birth date tells them apart, and a record without one may be either’s',
  },
  ...['Van den Broeck', 'VANDENBROECK', 'Vanden Broeck', 'Broeck van den', 'van den Bröck', 'v.d. Broeck'].map(
    (lastName): HardCase => ({
      name: `Van den Broeck as ${lastName}`,
      records: [{ lastName, emails: [] }],
      links: [1],
      offered: [],
      why: 'particles are glued, moved to the front and written out: one name',
    }),
  ),
  {
    name: 'Rue de la Loi / Wetstraat',
    identity: { address: BRUSSELS },
    records: [
      {
        ...NO_CONTACT,
        address: { street: 'Wetstraat', number: '16', box: '3', postalCode: '1040', locality: 'Brussel' },
      },
    ],
    links: [1],
    offered: [],
    why: 'a street of Brussels is one street in both languages',
  },
  {
    name: 'two first names',
    records: [{ firstName: 'Lotte Marie' }, { firstName: 'Lotte Emma', emails: [] }],
    links: [1],
    offered: [2],
    why: 'a second first name may be left out, yet another one is somebody else',
  },
  {
    name: 'called by the second first name',
    records: [{ firstName: 'Marie' }, { firstName: 'Marie', emails: [], ...AWAY }],
    links: [1],
    offered: [2],
    why: 'people are called by it, and so are their mothers: it takes two ties',
  },
  {
    name: 'a bis number',
    records: [{ nationalNumber: '88431402689' }],
    links: [1],
    offered: [],
    why: 'its month is 20 or 40 too high; without the legal switch no number is looked at',
  },
  {
    name: 'a birth date of 1 January, on both sides',
    identity: { birthdate: '1988-01-01' },
    records: [
      { birthDate: '1988-01-01', emails: [] },
      { birthDate: '1988-01-01', ...NO_CONTACT },
      { birthDate: '1988-01-01', ...NO_CONTACT, ...AWAY },
      { birthDate: '1988-01-01', firstName: 'Marie', ...NO_CONTACT },
    ],
    links: [1, 2],
    offered: [3, 4],
    why: 'it says the year and no more: with both names in full it takes the home, since no namesake of hers is of her year',
  },
  {
    name: 'a recycled phone',
    records: [{ firstName: 'Tom', lastName: 'Peeters', birthDate: '1971-02-01', emails: [], ...AWAY }],
    links: [],
    offered: [],
    why: 'the number was somebody else’s before: it names nobody',
  },
  {
    name: 'a shared mailbox',
    records: [
      { phones: [], ...AWAY },
      { firstName: 'Tom', lastName: 'Peeters', birthDate: '1986-02-01', phones: [] },
    ],
    links: [1],
    offered: [],
    why: 'two holders are a couple: with her name and date it is hers, with his it is not',
  },
  {
    name: 'a dealer’s mailbox',
    records: [
      { phones: [], ...AWAY },
      { firstName: 'Tom', lastName: 'Peeters', birthDate: '1986-02-01', phones: [] },
      { firstName: 'Jan', lastName: 'Janssens', birthDate: '1970-02-03', phones: [] },
    ],
    links: [],
    offered: [1],
    why: 'three holders make a contact nobody’s',
  },
  {
    name: 'a sole trader',
    records: [{ companyName: 'Van den Broeck Synthetic Works', segment: 'business' }],
    links: [],
    offered: [1],
    why: 'the record is the company’s, even where the company is herself: it takes a proof',
  },
  {
    name: 'a company contact',
    records: [{ segment: 'business', role: 'administrator', birthDate: undefined }],
    links: [],
    offered: [1],
    why: 'it takes a mandate to act for a company',
  },
  {
    name: 'a record made before age 17',
    records: [{ createdAt: '2004-09-01' }],
    links: [],
    offered: [1],
    why: 'she could not hold a contract: somebody of her name did',
  },
  {
    name: 'the deceased',
    records: [{ status: 'deceased' }],
    links: [],
    offered: [],
    why: 'who logs in is alive, so the holder was somebody else',
  },
  {
    name: 'a spouse’s contract with her date, mobile and e-mail',
    records: [{ firstName: 'Marie', lastName: 'Peeters' }],
    links: [],
    offered: [1],
    why: 'her second first name with another surname is a husband or mother of that name',
  },
  {
    name: 'a child’s SIM on the parent’s record of the same name',
    records: [{ birthDate: undefined }],
    links: [],
    offered: [1],
    why: 'without a birth date nothing tells the two, whatever else agrees: it is her mobile, mailbox and home on it',
  },
  {
    name: 'Mevrouw, Mme and M. before the name',
    records: [
      { firstName: 'Mevr. Lotte', emails: [] },
      { firstName: 'Mme Lotte', emails: [] },
      { firstName: 'M. Lotte', emails: [] },
    ],
    links: [1, 2, 3],
    offered: [],
    why: 'they are forms of address; "M." is monsieur where a name follows it',
  },
  {
    name: 'forms of address in the surname’s field',
    records: [
      { lastName: 'Mevr. Van den Broeck', emails: [] },
      { lastName: 'Fam. Van den Broeck', emails: [] },
    ],
    links: [1, 2],
    offered: [],
    why: 'they are no part of a name, wherever they stand',
  },
  {
    name: 'a record in the name of two',
    identity: { givenName: 'Lotte' },
    records: [
      { firstName: 'Lotte en Tom', emails: [] },
      { firstName: 'Tom & Lotte', emails: [] },
    ],
    links: [1],
    offered: [],
    why: 'the first of them is its holder; her date on it is a clerk’s mistake otherwise',
  },
  {
    name: 'a word for no name',
    records: [{ firstName: 'onbekend' }, { firstName: 'X' }, { firstName: 'N/A' }],
    links: [],
    offered: [1, 2, 3],
    why: 'it names nobody, not even a twin: anybody of the house may be meant',
  },
  {
    name: 'a letter that a system could not write',
    identity: { givenName: 'Zoë' },
    records: [
      { firstName: 'Zo?', emails: [] },
      { firstName: 'Zo\ufffd', ...NO_CONTACT },
    ],
    links: [1],
    offered: [2],
    why: 'it is a slip, not another name, and needs what a slip needs',
  },
  {
    name: 'a lost letter that makes a sister’s name of it as well',
    identity: { givenName: 'Lia' },
    records: [{ firstName: 'L?a', emails: [] }],
    links: [],
    offered: [1],
    why: 'it may be her twin Léa’s: a form that two names share is no slip of one of them',
  },
  {
    name: 'a lost letter, where the name without it is a sister’s',
    identity: { givenName: 'François' },
    records: [{ firstName: 'Fran?oise', emails: [] }],
    links: [],
    offered: [1],
    why: 'a form stands for the name that it fits letter by letter; what is a letter longer is Françoise’s',
  },
  {
    name: 'a lost letter at the end',
    identity: { givenName: 'René' },
    records: [{ firstName: 'Ren?', emails: [] }],
    links: [1],
    offered: [],
    why: 'no other name that is known has this form',
  },
  {
    name: 'a lost letter at the end but one',
    identity: { givenName: 'René' },
    records: [{ firstName: 'Ren?e', emails: [] }],
    links: [],
    offered: [1],
    why: 'it is Renée’s',
  },
  {
    name: 'a lost letter where this name has one that every system can write',
    identity: { givenName: 'Anja' },
    records: [{ firstName: 'An?a', emails: [] }],
    links: [],
    offered: [1],
    why: 'nothing but a letter beyond ASCII is lost: it is the name of somebody else',
  },
  {
    name: 'the king’s street and the queen’s',
    identity: { address: { streetAddress: 'Rue du Roi 5', postalCode: '4000', locality: 'LIEGE' } },
    records: [
      { ...NO_CONTACT, address: { street: 'rue du Roi', number: '5', postalCode: '4000' } },
      { ...NO_CONTACT, address: { street: 'rue de la Reine', number: '5', postalCode: '4000' } },
    ],
    links: [1],
    offered: [2],
    why: 'they are two streets, and names and date without a home ask for a proof',
  },
  {
    name: 'an initial behind the surname on both sides',
    identity: { familyName: 'Maes M' },
    records: [{ lastName: 'Peeters M', phones: [], ...AWAY }],
    links: [],
    offered: [1],
    why: 'a letter is no part of a surname that two families share',
  },
  {
    name: 'a birth date with spaces',
    records: [
      { birthDate: '1988 03 14', ...NO_CONTACT },
      { birthDate: '1988 mrt 14', ...NO_CONTACT },
    ],
    links: [1],
    offered: [2],
    why: 'it is a date like any other; one that cannot be read is no date',
  },
  {
    name: 'another birth date with spaces',
    records: [{ birthDate: '1988 05 20', ...NO_CONTACT }],
    links: [],
    offered: [1],
    why: 'it is not the year alone; at home a date of the person’s age is a mistake for all one can see, which takes a proof',
  },
  {
    name: 'the year of birth alone, in whatever way it is written',
    records: [
      { birthDate: '1988', ...NO_CONTACT },
      { birthDate: '1988-00-00', ...NO_CONTACT },
      { birthDate: '00/00/1988', ...NO_CONTACT, ...AWAY },
    ],
    links: [1, 2],
    offered: [3],
    why: 'it counts as 1 January does',
  },
  {
    name: 'midnight in Belgium, written in UTC or cut off',
    records: [
      { birthDate: '1988-03-13T23:00:00Z', emails: [] },
      { birthDate: '1988-03-13', emails: [] },
    ],
    links: [1, 2],
    offered: [],
    why: 'the evening before is the same day, and a day off is a slip: no namesake is a day older',
  },
  {
    name: 'a house number that lost its letter',
    identity: { address: { streetAddress: 'Kerkstraat 32A', postalCode: '9000', locality: 'GENT' } },
    records: [
      { ...NO_CONTACT, address: { street: 'Kerkstraat', number: '32', postalCode: '9000' } },
      { ...NO_CONTACT, address: { street: 'Kerkstraat', number: '32', box: 'A', postalCode: '9000' } },
    ],
    links: [1, 2],
    offered: [],
    why: 'systems lose letters or take them for boxes',
  },
  {
    name: 'the house next door',
    identity: { address: { streetAddress: 'Kerkstraat 32A', postalCode: '9000', locality: 'GENT' } },
    records: [{ ...NO_CONTACT, address: { street: 'Kerkstraat', number: '32B', postalCode: '9000' } }],
    links: [],
    offered: [1],
    why: 'another letter is another house',
  },
  {
    name: 'two houses whose letters are each other’s boxes',
    identity: { address: { streetAddress: 'Kerkstraat 32A bus B', postalCode: '9000', locality: 'GENT' } },
    records: [{ ...NO_CONTACT, address: { street: 'Kerkstraat', number: '32B', box: 'A', postalCode: '9000' } }],
    links: [],
    offered: [1],
    why: 'another letter is another house, whatever the boxes are',
  },
  {
    name: 'twins Jia En and Jia Yi',
    identity: { givenName: 'Jia En' },
    records: [{ firstName: 'Jia Yi', ...NO_CONTACT }],
    links: [],
    offered: [],
    why: 'the "En" is a name here, and no word between two',
  },
  {
    name: 'a company’s record that lost its segment',
    records: [{ emails: ['info@roofs.example'] }, { lastName: 'Van den Broeck BVBA', emails: [] }],
    links: [],
    offered: [1, 2],
    why: 'an office’s mailbox or a legal form in the name still tells',
  },
  {
    name: 'her own office’s mailbox',
    identity: { email: 'info@roofs.example' },
    records: [{ emails: ['info@roofs.example'] }],
    links: [1],
    offered: [],
    why: 'she has proved that mailbox her own',
  },
  {
    name: 'her office’s mailbox, which stands on the records of others as well',
    identity: { email: 'info@roofs.example' },
    records: [
      { emails: ['info@roofs.example'] },
      { ...AWAY, firstName: 'Jan', lastName: 'Fictif', birthDate: '1971-02-03', emails: ['info@roofs.example'] },
      { ...AWAY, firstName: 'Mia', lastName: 'Fictive', birthDate: '1972-03-04', emails: ['info@roofs.example'] },
    ],
    links: [],
    offered: [1],
    why: 'a dealer’s, or that of a company with several contacts: nothing tells which, and only a proof does',
  },
  {
    name: 'what a double name is called for short',
    identity: { givenName: 'Jean-Pierre' },
    records: [{ firstName: 'JP' }, { firstName: 'JP', emails: [] }],
    links: [1],
    offered: [2],
    why: '"JP" is how he is called, as others are called Jef; in a base where the names are frequent one tie is too little',
  },
  {
    name: 'initials of a double name',
    identity: { givenName: 'Jean-Pierre Lucien' },
    records: [{ firstName: 'J.L.' }, { firstName: 'J.P.', emails: [] }],
    links: [1],
    offered: [2],
    why: 'letters with stops are initials, which twins share: they take both of mobile and e-mail',
  },
]

const toRecord = (changes: Changes, at: number): CustomerRecord => record({ ...changes, customerId: `${at + 1}` })
const numbers = (keys: readonly { customerId: string }[]): readonly number[] => keys.map(key => Number(key.customerId))

describe('hard cases', () => {
  test.each(CASES)('$name: $why', ({ identity, records, links, offered }) => {
    const decision = decideAmong(records.map(toRecord), { identity: identityToPerson(claims(identity)) })
    expect({ links: numbers(decision.links), offered: numbers(decision.candidates) }).toEqual({ links, offered })
  })
})
