import type { CustomerRecord } from '#src/kernel/customer.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import { identityToPerson } from '#src/matching/normalise.ts'
import { claims, decideAmong, ELSEWHERE, idsOf, record, type Situation, TIDY } from './people.ts'

type Expected = { outcome: 'link' | 'confirm' | 'none'; links?: string[]; candidates?: string[] }
type Case = [why: string, records: CustomerRecord[], expected: Expected, situation?: Situation]

const NO_CONTACT = { emails: [], phones: [] }
const DATELESS = record({ birthDate: undefined })
const link = (...links: string[]): Expected => ({ outcome: 'link', links })
const confirm = (...candidates: string[]): Expected => ({ outcome: 'confirm', candidates })
const NONE: Expected = { outcome: 'none' }
const as = (changes: Parameters<typeof claims>[0]): Situation => ({ identity: identityToPerson(claims(changes)) })

// The cases come as a rest parameter: Jest takes a parameter beyond the row's length for its `done` callback.
const check = (records: CustomerRecord[], expected: Expected, situation?: Situation): void => {
  expect(idsOf(decideAmong(records, situation))).toEqual({ links: [], candidates: [], ...expected })
}

/** Each case is one that a real base holds; the first column says why the decision must be what it is. */
describe('decide: anchors', () => {
  test.each<Case>([
    ['everything agrees', [record()], link('1')],
    [
      'all four service lines are one person',
      [1, 2, 3, 4].map(n => record({ customerId: `${n}` })),
      link('1', '2', '3', '4'),
    ],
    ['name, date and full address are who and what', [record(NO_CONTACT)], link('1')],
    ['stale address: the mobile is what', [record({ emails: [], address: ELSEWHERE.address })], link('1')],
    [
      'the present address stands among the former ones',
      [record({ ...NO_CONTACT, address: ELSEWHERE.address, formerAddresses: [TIDY.address ?? {}] })],
      link('1'),
    ],
    ['an e-mail address few people share is what', [record({ phones: [], address: ELSEWHERE.address })], link('1')],
    ['name and date alone are nobody’s possession', [record(ELSEWHERE)], confirm('1')],
    [
      'a landline belongs to a house, not to a person',
      [record({ ...ELSEWHERE, emails: [], phones: ['09 223 45 67'] })],
      confirm('1'),
    ],
    ['two first names on the record, in order', [record({ firstName: 'Lotte Marie' })], link('1')],
    ['a second first name that contradicts is somebody else’s', [record({ firstName: 'Lotte Emma' })], confirm('1')],
    ['called by the second register name, with both possessions', [record({ firstName: 'Marie' })], link('1')],
    [
      'called by the second register name, with one and the home',
      [record({ firstName: 'Marie', emails: [] })],
      link('1'),
    ],
    [
      'the same from when she was 26: her mother of that name may hold it for her',
      [record({ firstName: 'Marie', emails: [], createdAt: '2015-03-13' })],
      confirm('1'),
    ],
    [
      'the same from nobody knows when',
      [record({ firstName: 'Marie', emails: [], createdAt: undefined })],
      confirm('1'),
    ],
    [
      'called by the second register name, with one: may be her mother',
      [record({ firstName: 'Marie', emails: [], address: ELSEWHERE.address })],
      confirm('1'),
    ],
    ['a slip in the surname at home', [record({ lastName: 'Van den Broek', ...NO_CONTACT })], link('1')],
    [
      'a slip in the surname at home with another mobile',
      [record({ lastName: 'Van den Broek', emails: [], phones: ELSEWHERE.phones })],
      confirm('1'),
    ],
    [
      'a slip of the pen that is nobody’s name, with a possession',
      [record({ firstName: 'Lottte', emails: [] })],
      link('1'),
    ],
    [
      'the same where names could not be counted: it may be one',
      [record({ firstName: 'Lottte', emails: [] })],
      confirm('1'),
      { termCounts: { total: 1_000_000, counts: new Map(), counted: false } },
    ],
    [
      'the year of birth alone at home, where names could not be counted: they may be the commonest',
      [record({ birthDate: '1988', ...NO_CONTACT })],
      confirm('1'),
      { termCounts: { total: 3_000_000, counts: new Map(), counted: false } },
    ],
    ['a slip of the pen without possession', [record({ firstName: 'Lottte', ...NO_CONTACT })], confirm('1')],
    [
      'one letter away, but a name of its own: a sister until proven otherwise',
      [record({ firstName: 'Lotta' })],
      confirm('1'),
    ],
    ['initials, with both possessions', [record({ firstName: 'L.' })], link('1')],
    [
      'an initial, with one possession away from home: may be a sister’s',
      [record({ firstName: 'L.', emails: [], address: ELSEWHERE.address })],
      confirm('1'),
    ],
    [
      'half of her double name, whatever else agrees: may be her twin',
      [record({ firstName: 'Lotte' })],
      confirm('1'),
      as({ givenName: 'Lotte-Marie' }),
    ],
    [
      'her double name without the hyphen, with a possession',
      [record({ firstName: 'Lotte Marie', emails: [] })],
      link('1'),
      as({ givenName: 'Lotte-Marie' }),
    ],
    [
      'her double name without the hyphen, at home alone: Lotte, whose second name is Marie, may be her twin',
      [record({ firstName: 'Lotte Marie', ...NO_CONTACT })],
      confirm('1'),
      as({ givenName: 'Lotte-Marie' }),
    ],
    ['an initial at home alone', [record({ firstName: 'L.', ...NO_CONTACT })], confirm('1')],
    ['married name, mobile and e-mail', [record({ lastName: 'Peeters' })], link('1')],
    [
      'married name, mobile and address: could be a housemate with her date',
      [record({ lastName: 'Peeters', emails: [] })],
      confirm('1'),
    ],
    ['birth name among two', [record({ lastName: 'Peeters ep. Van den Broeck', emails: [] })], link('1')],
    [
      'two names inexact at once, every contact',
      [record({ firstName: 'Lottte', lastName: 'Van den Broek' })],
      link('1'),
    ],
    [
      'two names inexact at once, one possession',
      [record({ firstName: 'Lottte', lastName: 'Van den Broek', emails: [], address: undefined })],
      confirm('1'),
    ],
    [
      'a slip and another surname: everything must agree',
      [record({ firstName: 'Lottte', lastName: 'Peeters', address: ELSEWHERE.address })],
      confirm('1'),
    ],
    [
      'second register name and another surname: the husband of that name with her date',
      [record({ firstName: 'Marie', lastName: 'Peeters' })],
      confirm('1'),
    ],
    [
      'first and family name in each other’s field',
      [record({ firstName: 'Van den Broeck', lastName: 'Lotte' })],
      link('1'),
    ],
    [
      'in each other’s field, and the particles behind',
      [record({ firstName: 'Broeck van den', lastName: 'Lotte' })],
      link('1'),
    ],
    [
      'in each other’s field, and a slip in the first name',
      [record({ firstName: 'Vandenbroeck', lastName: 'Lottte', emails: [] })],
      link('1'),
    ],
    ['no birth date, whatever else agrees: a parent or child of her name may hold it', [DATELESS], confirm('1')],
    ['no birth date and a call name', [{ ...DATELESS, firstName: 'Marie' }], confirm('1')],
    ['no birth date, away from home', [{ ...DATELESS, address: ELSEWHERE.address }], confirm('1')],
    ['placeholder date 1900-01-01', [record({ birthDate: '1900-01-01' })], confirm('1')],
    ['placeholder date 1970-01-01', [record({ birthDate: '01/01/1970' })], confirm('1')],
    ['placeholder date 1901-01-01', [record({ birthDate: '1901-01-01' })], confirm('1')],
    ['only the year is known, with a possession', [record({ birthDate: '1988-01-01', emails: [] })], link('1')],
    ['only the year is known, at home', [record({ birthDate: '1988-01-01', ...NO_CONTACT })], link('1')],
    [
      'only the year is known, at home, with other contacts',
      [record({ birthDate: '1988-01-01', emails: ELSEWHERE.emails, phones: ELSEWHERE.phones })],
      confirm('1'),
    ],
    [
      'only the year is known, and another surname, at home',
      [record({ birthDate: '1988-01-01', lastName: 'Peeters', ...NO_CONTACT })],
      confirm('1'),
    ],
    ['one digit of the date is off, with a possession', [record({ birthDate: '1988-03-15', emails: [] })], link('1')],
    ['one digit of the date is off, at home', [record({ birthDate: '1988-03-15', ...NO_CONTACT })], link('1')],
    [
      'one digit of the date is off, at home, and the pen slipped in the surname, too',
      [record({ birthDate: '1988-03-15', lastName: 'Van den Broek', ...NO_CONTACT })],
      confirm('1'),
    ],
    [
      'name and date in full, and the mobile mistyped',
      [record({ emails: [], phones: ['0470 12 34 65'], address: ELSEWHERE.address })],
      link('1'),
    ],
    [
      'name and date in full, and the mailbox mistyped',
      [record({ emails: ['lote.vdb@example.com'], phones: [], address: ELSEWHERE.address })],
      link('1'),
    ],
    [
      'a mistyped mobile, and only the year is known',
      [record({ birthDate: '1988-01-01', emails: [], phones: ['0470 12 34 65'], address: ELSEWHERE.address })],
      confirm('1'),
    ],
    [
      'day and month exchanged, with both possessions',
      [record({ birthDate: '1988-05-04' })],
      link('1'),
      as({ birthdate: '1988-04-05' }),
    ],
    [
      'day and month exchanged, with one',
      [record({ birthDate: '1988-05-04', emails: [] })],
      link('1'),
      as({ birthdate: '1988-04-05' }),
    ],
    ['no family name on the record, both possessions', [record({ lastName: undefined })], link('1')],
    ['no family name on the record, one', [record({ lastName: undefined, emails: [] })], confirm('1')],
    ['no first name on the record: may be anybody in the house', [record({ firstName: undefined })], confirm('1')],
    ['no record at all', [], NONE],
    ['the upstream gave no birth date', [record()], confirm('1'), as({ birthdate: undefined })],
    ['the upstream gave no first name', [record()], confirm('1'), as({ givenName: undefined })],
    [
      'the upstream does not vouch for the phone',
      [record({ emails: [], address: ELSEWHERE.address })],
      confirm('1'),
      as({ phoneVerified: false }),
    ],
  ])('%s', (_name, ...judged) => check(...judged))

  test.each(['Van den Broeck', 'VANDENBROECK', 'Vanden Broeck', 'Broeck van den', 'van den Bröck', 'v.d. Broeck'])(
    '%s is the same family name',
    lastName => check([record({ lastName, emails: [] })], link('1')),
  )
})

/** What speaks against a record at her home is a slip for all one can see: it is asked about, and never linked unasked. */
describe('decide: mistakes at home', () => {
  const twin = record({ customerId: '2', firstName: 'Anna', ...NO_CONTACT })
  const senior = record({ customerId: '2', birthDate: '1958-07-21', ...NO_CONTACT })
  const hers = { birthDate: '1986-02-01', ...NO_CONTACT }
  const exchanged = { firstName: 'Van den Broekc', lastName: 'Lotte', ...NO_CONTACT }
  const { address: away } = ELSEWHERE
  /** Then the score alone would let it be asked about. */
  const UNHEARD_OF = { termCounts: { total: 5_000_000, counts: new Map<string, number>() } }

  test.each<Case>([
    ['a name near hers, surname and date in full', [record({ firstName: 'Lotta', ...NO_CONTACT })], confirm('1')],
    ['the same beside a twin: may be another', [record({ firstName: 'Lotta', ...NO_CONTACT }), twin], NONE],
    ['the same away from home', [record({ firstName: 'Lotta', ...NO_CONTACT, address: away })], NONE],
    ['the same with the year alone', [record({ firstName: 'Lotta', birthDate: '1988', ...NO_CONTACT })], NONE],
    ['the same of another family', [record({ firstName: 'Lotta', lastName: 'Maes', ...NO_CONTACT })], NONE],
    [
      'a second name that speaks against hers: her twin Lotte Emma',
      [record({ firstName: 'Lotte Emma', ...NO_CONTACT })],
      NONE,
    ],
    ['the date of somebody of her age: a card that lay on the counter', [record(hers)], confirm('1')],
    ['the same, her name mistyped', [record({ ...hers, firstName: 'Lottte' })], confirm('1')],
    ['the same away from home: a namesake', [record({ ...hers, address: away })], NONE],
    ['the same, though hardly anybody has her name', [record({ ...hers, address: away })], NONE, UNHEARD_OF],
    ['the same under her second name: may be her sister', [record({ ...hers, firstName: 'Marie' })], NONE],
    ['the same under a letter: may be her brother', [record({ ...hers, firstName: 'L.' })], NONE],
    ['the same of another family', [record({ ...hers, lastName: 'Maes' })], NONE],
    ['the same beside a parent of her name', [record(hers), senior], NONE],
    [
      'two records of one mistake speak for each other',
      [record(hers), record({ ...hers, customerId: '2' })],
      confirm('1', '2'),
    ],
    [
      'another first name and the date of somebody of her age',
      [record({ ...hers, firstName: 'Tom', lastName: 'Maes' })],
      NONE,
    ],
    [
      'the same on a shared mailbox: her husband',
      [record({ firstName: 'Tom', lastName: 'Maes', birthDate: '1986-02-01', phones: [] })],
      NONE,
    ],
    [
      '1 January 1980 is what a system writes for no date',
      [record({ birthDate: '1980-01-01', ...NO_CONTACT })],
      confirm('1'),
      as({ birthdate: '1951-06-30' }),
    ],
    [
      'a parent’s date, whatever the system',
      [record({ birthDate: '1980-06-01', ...NO_CONTACT })],
      NONE,
      as({ birthdate: '2001-06-30' }),
    ],
    ['names in each other’s field, the surname mistyped', [record(exchanged)], confirm('1')],
    [
      'the same with her mobile, away from home',
      [record({ ...exchanged, phones: TIDY.phones, address: away })],
      confirm('1'),
    ],
    ['the same away from home', [record({ ...exchanged, address: away })], NONE],
    ['the same, though hardly anybody has her name', [record({ ...exchanged, address: away })], NONE, UNHEARD_OF],
    ['the same without birth date', [record({ ...exchanged, birthDate: undefined })], NONE],
    ['the same, and the first name near hers', [record({ ...exchanged, lastName: 'Lotta' })], NONE],
    ['her initials as one word', [record({ firstName: 'LM.', ...NO_CONTACT })], confirm('1')],
    ['the same away from home', [record({ firstName: 'LM.', ...NO_CONTACT, address: away })], NONE],
    ['the same without a surname', [record({ firstName: 'LM.', lastName: undefined, ...NO_CONTACT })], NONE],
    ['other letters', [record({ firstName: 'LN.', ...NO_CONTACT })], NONE],
    ['an initial of another', [record({ firstName: 'T.', ...NO_CONTACT })], NONE],
    [
      'initials that are a name many bear',
      [record({ firstName: 'Al', ...NO_CONTACT })],
      NONE,
      { ...as({ givenName: 'Anna Louise' }), termCounts: { total: 1000, counts: new Map([['first:al', 20]]) } },
    ],
    ['a deceased holder’s', [record({ ...exchanged, status: 'deceased' })], NONE],
  ])('%s', (_name, ...judged) => check(...judged))

  test('none of them is linked, whatever else agrees', () => {
    const { emails, phones } = TIDY
    for (const changes of [{ firstName: 'Lotta' }, hers, exchanged]) {
      check([record({ ...changes, emails, phones })], confirm('1'))
    }
  })
})

describe('decide: other people', () => {
  const spouse = { firstName: 'Tom', lastName: 'Peeters', birthDate: '1986-02-01' }
  const twin = record({ customerId: '2', firstName: 'Anna', ...NO_CONTACT })
  const father = { customerId: '2', birthDate: '1958-07-21' }

  test.each<Case>([
    ['a twin’s record with every contact of hers', [record({ firstName: 'Anna' })], NONE],
    ['a visible twin leaves her own record with a possession', [record({ emails: [] }), twin], link('1')],
    ['a visible twin makes an address too little', [record(NO_CONTACT), twin], confirm('1')],
    ['a misspelt name beside a visible twin', [record({ firstName: 'Lottte', emails: [] }), twin], confirm('1')],
    [
      'junior: the senior of the same name and house is not offered',
      [record(), record({ ...father, ...NO_CONTACT })],
      link('1'),
    ],
    [
      'junior: the senior shares the phone: proof could tell',
      [record(), record(father)],
      { ...link('1'), candidates: ['2'] },
    ],
    [
      'a namesake on the contact blocks records without the exact date',
      [record({ ...father, ...NO_CONTACT }), record(), record({ customerId: '3', birthDate: undefined })],
      { ...link('1'), candidates: ['3'] },
    ],
    [
      'a namesake on the contact blocks an exchanged date and what hangs on it',
      [
        record({ ...father, ...NO_CONTACT }),
        record({ birthDate: '1988-05-04', emails: ['lotte.vdb@example.com', 'l@example.net'] }),
        record({ customerId: '3', birthDate: '1988-04-05', ...ELSEWHERE, emails: ['l@example.net'] }),
      ],
      confirm('1', '3'),
      as({ birthdate: '1988-04-05' }),
    ],
    [
      'a senior’s record that carries her date by mistake, known by the senior’s mobile',
      [record({ phones: ['0498765432'] }), record({ ...father, emails: [], phones: ['0498765432'] })],
      confirm('1'),
    ],
    [
      'a family mailbox on the senior’s record, too, and her own mobile',
      [
        record({ emails: ['home@example.net'] }),
        record({ ...father, emails: ['home@example.net'], phones: ['0498765432'] }),
      ],
      { ...link('1'), candidates: ['2'] },
    ],
    ['her house and date, but another mobile', [record({ emails: [], phones: ['0498765432'] })], link('1')],
    [
      'her house and date, but other contacts throughout',
      [record({ emails: ELSEWHERE.emails, phones: ELSEWHERE.phones })],
      confirm('1'),
    ],
    [
      'her house and date, another mobile, and a namesake in the house',
      [record({ emails: [], phones: ['0498765432'] }), record({ ...father, ...NO_CONTACT })],
      confirm('1'),
    ],
    [
      'her mobile and the namesake’s beside it',
      [record({ phones: ['0470123456', '0498765432'] }), record({ ...father, emails: [], phones: ['0498765432'] })],
      confirm('1'),
    ],
    [
      'an initial that a housemate has as well',
      [
        record({ firstName: 'L.', emails: [] }),
        record({ customerId: '2', firstName: 'Luc', birthDate: '1957-02-03', ...NO_CONTACT }),
      ],
      confirm('1'),
    ],
    [
      'her second name is the call name of a housemate',
      [
        record({ firstName: 'Marie', emails: [] }),
        record({ customerId: '2', firstName: 'Marie', birthDate: '1957-02-03', ...NO_CONTACT }),
      ],
      confirm('1'),
    ],
    ['a namesake elsewhere blocks nothing', [record(), record({ ...father, ...ELSEWHERE })], link('1')],
    ['same name, other birth date, nothing else', [record({ ...father, ...ELSEWHERE })], NONE],
    ['a recycled phone with another holder', [record({ ...spouse, emails: [], address: ELSEWHERE.address })], NONE],
    ['the spouse’s contract with her mobile and e-mail', [record(spouse)], NONE],
    ['the spouse’s contract with her birth date', [record({ ...spouse, birthDate: '1988-03-14' })], NONE],
    [
      'a shared household mailbox: two holders are no crowd',
      [record(), record({ customerId: '2', ...spouse })],
      link('1'),
    ],
    [
      'a dealer’s e-mail: three holders',
      [
        record({ phones: [], address: ELSEWHERE.address }),
        record({ customerId: '2', ...spouse, phones: [] }),
        record({ customerId: '3', firstName: 'Jan', lastName: 'Janssens', birthDate: '1970-02-03', phones: [] }),
      ],
      confirm('1'),
    ],
    [
      'a dealer’s phone: three holders',
      [
        record({ emails: [], address: ELSEWHERE.address }),
        record({ customerId: '2', ...spouse, emails: [] }),
        record({ customerId: '3', firstName: 'Jan', lastName: 'Janssens', emails: [] }),
      ],
      confirm('1'),
    ],
    [
      'many records of one person, spelt variously, are one holder',
      [
        record({ phones: [], address: ELSEWHERE.address }),
        record({ customerId: '2', firstName: 'L.', phones: [], address: undefined }),
        record({
          customerId: '3',
          firstName: undefined,
          lastName: undefined,
          birthDate: undefined,
          phones: [],
          address: undefined,
        }),
        record({ customerId: '4', birthDate: undefined, phones: [], address: undefined }),
      ],
      { ...link('1'), candidates: ['2', '3', '4'] },
    ],
  ])('%s', (_name, ...judged) => check(...judged))
})

describe('decide: never automatically', () => {
  test.each<Case>([
    ['business segment: it takes a mandate', [record({ segment: 'business' })], confirm('1')],
    ['a company’s contact, whatever the segment says', [record({ companyName: 'Synthetic Works' })], confirm('1')],
    ['the administrator of a company', [record({ role: 'administrator' })], confirm('1')],
    ['a user is on the record by name and stays a user', [record({ role: 'user' })], link('1')],
    ['an offer she asked for is hers', [record({ segment: 'prospect', status: 'prospect' })], link('1')],
    ['a deceased holder is neither linked nor offered', [record({ status: 'deceased' })], NONE],
    ['a closed contract is still hers', [record({ status: 'closed' })], link('1')],
    ['made before she was 17', [record({ createdAt: '2005-03-13' })], confirm('1')],
    ['made on her 17th birthday', [record({ createdAt: '2005-03-14T09:00:00Z' })], link('1')],
    ['made on a placeholder date', [record({ createdAt: '1970-01-01' })], link('1')],
    ['made nobody knows when', [record({ createdAt: undefined })], link('1')],
    ['an overflowed key hides rivals', [record()], confirm('1'), { overflowed: ['e:lotte.vdb@example.com'] }],
    ['an overflowed key without any record is no “none”', [], confirm(), { overflowed: ['a:9000:32:k'] }],
    ['an incomplete search hides rivals', [record()], confirm('1'), { complete: false }],
    ['an incomplete search without any record is no “none”', [], confirm(), { complete: false }],
    ['an error budget nothing meets', [record()], confirm('1'), { model: { ...DEFAULT_MODEL, epsilon: 1e-12 } }],
  ])('%s', (_name, ...judged) => check(...judged))

  test('margins say why', () => {
    expect(decideAmong([record()], { complete: false, overflowed: ['x'] }).margins).toEqual([
      'overflowed',
      'incomplete',
    ])
  })
})

describe('decide: satellites', () => {
  const TWO_CONTACTS = { emails: ['lotte.vdb@example.com', 'l@example.net'], phones: ['0470123456', '0471234567'] }
  const anchor = record(TWO_CONTACTS)
  const tied = (changes: Parameters<typeof record>[0]): CustomerRecord =>
    record({ customerId: '2', emails: ['l@example.net'], phones: [], address: undefined, ...changes })

  test.each<Case>([
    ['one tie for exact name and date', [anchor, tied({})], link('1', '2')],
    [
      'a former address ties, too',
      [
        record({ formerAddresses: [ELSEWHERE.address] }),
        record({ customerId: '2', ...NO_CONTACT, address: ELSEWHERE.address }),
      ],
      link('1', '2'),
    ],
    [
      'the anchor’s former house, but another mobile, ties nothing',
      [
        record({ ...TWO_CONTACTS, formerAddresses: [ELSEWHERE.address] }),
        record({ customerId: '2', emails: [], phones: ['0498765432'], address: ELSEWHERE.address }),
      ],
      { ...link('1'), candidates: ['2'] },
    ],
    ['no tie, no link', [anchor, tied({ emails: [] })], { ...link('1'), candidates: ['2'] }],
    ['no anchor, no satellite', [tied({}), tied({ customerId: '3' })], confirm('2', '3')],
    [
      'an initial is no name, whatever ties it: a twin may share it all',
      [anchor, tied({ firstName: 'L', phones: ['0471234567'] })],
      { ...link('1'), candidates: ['2'] },
    ],
    [
      'a nickname or other register name takes two ties',
      [anchor, tied({ firstName: 'Marie' })],
      { ...link('1'), candidates: ['2'] },
    ],
    [
      'another register name with three ties',
      [
        { ...anchor, formerAddresses: [ELSEWHERE.address] },
        tied({ firstName: 'Marie', phones: ['0471234567'], address: ELSEWHERE.address }),
      ],
      link('1', '2'),
    ],
    [
      'no birth date, whatever ties it: may be her mother’s of the same name',
      [anchor, tied({ birthDate: undefined, phones: ['0471234567'] })],
      { ...link('1'), candidates: ['2'] },
    ],
    [
      'day and month exchanged with two ties',
      [record({ birthDate: '1988-04-05', ...TWO_CONTACTS }), tied({ birthDate: '1988-05-04', phones: ['0471234567'] })],
      link('1', '2'),
      as({ birthdate: '1988-04-05' }),
    ],
    [
      'two weaknesses are too many',
      [anchor, tied({ firstName: 'Marie', birthDate: undefined, phones: ['0471234567'] })],
      { ...link('1'), candidates: ['2'] },
    ],
    [
      'another first name is nobody’s satellite',
      [anchor, tied({ firstName: 'Tom', birthDate: '1986-02-01', phones: ['0471234567'] })],
      link('1'),
    ],
    [
      'two ties, yet improbable beside a twin',
      [
        anchor,
        tied({ firstName: 'Marie', phones: ['0471234567'] }),
        record({ customerId: '3', firstName: 'Anna', ...NO_CONTACT }),
      ],
      { ...link('1'), candidates: ['2'] },
    ],
    ['barred records stay barred', [anchor, tied({ segment: 'business' })], { ...link('1'), candidates: ['2'] }],
  ])('%s', (_name, ...judged) => check(...judged))

  test('a proven record is linked and vouches for those tied to it', () => {
    const proven = record({ birthDate: undefined, ...NO_CONTACT, emails: ['l@example.net'] })
    const records = [proven, tied({}), tied({ customerId: '3', firstName: 'Tom', birthDate: '1986-02-01' })]
    check(records, confirm('1', '2'))
    check(records, link('1', '2'), { proven: [proven] })
    const rules = decideAmong(records, { proven: [proven] }).explanations.map(({ rule }) => rule)
    expect(rules).toEqual(['proven', 'satellite', undefined])
  })

  test('an incomplete search leaves of a proof only the proven record', () => {
    check([anchor, tied({})], { ...link('2'), candidates: ['1'] }, { proven: [tied({})], complete: false })
  })
})

describe('decide: national numbers, where the law allows them', () => {
  const hers = { nationalNumber: '88.03.14-026.65' }
  const identity = identityToPerson({ ...claims(), nationalNumber: '88.03.14-026.65' }, { nationalNumber: true })
  const allowed: Situation = { identity, nationalNumber: true }

  test.each<Case>([
    ['not looked at by default', [record({ nationalNumber: '90421503154' })], link('1'), { identity }],
    [
      'a number and a fitting name are who, even without the date',
      [record({ ...hers, birthDate: undefined, emails: [] })],
      link('1'),
      allowed,
    ],
    ['a colliding number on another name is not', [record({ ...hers, lastName: 'Peeters' })], confirm('1'), allowed],
    [
      'another number is another person',
      [record({ nationalNumber: '90421503154' })],
      { outcome: 'confirm', candidates: ['1'] },
      allowed,
    ],
    [
      'two numbers among her records: somebody else is in it',
      [record({ ...hers, emails: [] }), record({ customerId: '2', nationalNumber: '03061110587', phones: [] })],
      confirm('1', '2'),
      { nationalNumber: true },
    ],
  ])('%s', (_name, ...judged) => check(...judged))
})

describe('decide: explanation', () => {
  test('names the rule, the levels and the rivals, and no value of any field', () => {
    const decision = decideAmong([record(), record({ customerId: '2', firstName: 'Tom' })])
    const [linked, passedOver] = decision.explanations
    expect(linked).toMatchObject({ verdict: 'linked', rule: 'anchor', possessions: 2, customerId: '1' })
    expect(linked?.fields.map(({ field, level }) => `${field} ${level}`)).toEqual([
      'firstName exact',
      'familyName exact',
      'birthDate exact',
      'mobile exact',
      'email exact',
      'address full',
    ])
    expect(passedOver).toMatchObject({ verdict: 'passed-over', hindrance: 'kind-of-evidence' })
    expect(JSON.stringify(decision)).not.toMatch(/lotte|broeck|1988|470|kerk/i)
  })

  test('carries the versions it was made with', () => {
    expect(decideAmong([]).ruleVersion).toBe(`r9+${DEFAULT_MODEL.version}+n6`)
  })

  test('can be made again from its inputs', () => {
    const records = [record(), record({ customerId: '2', firstName: 'L' })]
    expect(decideAmong(records)).toEqual(decideAmong(records))
  })
})
