import fc from 'fast-check'
import { toIdentityClaims as mapClaims, suffices, toSignals } from '#src/upstream/itsme/tokens/claims.ts'

const KNOWN = [
  'name',
  'givenName',
  'familyName',
  'birthdate',
  'gender',
  'locale',
  'email',
  'emailVerified',
  'phoneNumber',
  'phoneVerified',
  'address',
]

/** As configuration has it unless it names the law. */
const toIdentityClaims = (raw: object) => mapClaims({ ...raw }, { nationalNumber: false })

describe('toIdentityClaims', () => {
  test.each([
    ['NL', 'nl'],
    ['fr', 'fr'],
    ['de-BE', 'de'],
    ['EN', 'en'],
    ['it', undefined],
    [7, undefined],
  ])('locale %p is %p', (locale, expected) => {
    expect(toIdentityClaims({ locale }).locale).toBe(expected)
  })

  test.each(['', '  ', null, 7, {}, 'x'.repeat(501)])('a family name %p is absent', family_name => {
    expect(toIdentityClaims({ family_name })).toEqual({})
  })

  test.each(['14-03-1988', '1988', '', null, 19880314])('a birth date %p is absent', birthdate => {
    expect(toIdentityClaims({ birthdate })).toEqual({})
  })

  test.each([
    ['an object', { street_address: ' Kouter 5 ', postal_code: '9800', locality: '', country: null }],
    ['a JSON string', '{"street_address":"Kouter 5","postal_code":"9800"}'],
  ])('an address may be %s', (_form, address) => {
    expect(toIdentityClaims({ address })).toEqual({ address: { streetAddress: 'Kouter 5', postalCode: '9800' } })
  })

  test.each(['Kouter 5', '{', '"x"', 'null', null, [], {}, 7])('an address %p is absent', address => {
    expect(toIdentityClaims({ address })).toEqual({})
  })

  test('the e-mail is never verified, whatever itsme says', () => {
    expect(toIdentityClaims({ email: 'a@example.com', email_verified: true })).toEqual({
      email: 'a@example.com',
      emailVerified: false,
    })
  })

  test('the phone is verified unless itsme says it is not', () => {
    expect(toIdentityClaims({ phone_number: '+32 470123456' })).toHaveProperty('phoneVerified', true)
    expect(toIdentityClaims({ phone_number: '+32 470123456', phone_number_verified: false })).toHaveProperty(
      'phoneVerified',
      false,
    )
    expect(toIdentityClaims({ phone_number_verified: true })).toEqual({})
  })

  test('national number, card number, photo and device are dropped', () => {
    const prefix = 'http://itsme.services/v2/claim/'
    const names = ['BENationalNumber', 'BEeidSn', 'IDDocumentSN', 'physical_person_photo', 'claim_device']
    expect(toIdentityClaims(Object.fromEntries(names.map(name => [prefix + name, '1'])))).toEqual({})
  })

  test('any input gives only known claims, none of them null or empty', () => {
    const names = [
      'name',
      'given_name',
      'family_name',
      'birthdate',
      'gender',
      'locale',
      'email',
      'phone_number',
      'address',
    ]
    const raw = fc.record(Object.fromEntries(names.map(name => [name, fc.anything()])), { requiredKeys: [] })
    fc.assert(
      fc.property(raw, input => {
        const claims = toIdentityClaims(input)
        for (const [name, value] of Object.entries(claims)) {
          expect(KNOWN).toContain(name)
          expect([null, undefined, '']).not.toContain(value)
        }
      }),
    )
  })
})

describe('the national number', () => {
  const NAME = 'http://itsme.services/v2/claim/BENationalNumber'

  test('goes on where it may', () => {
    expect(mapClaims({ [NAME]: '88031499863' }, { nationalNumber: true })).toEqual({ nationalNumber: '88031499863' })
    expect(mapClaims({ [NAME]: '88031499863' }, { nationalNumber: false })).toEqual({})
  })

  test.each(['88.03.14-998.63', '8803149986', '', null, 88031499863])('%p is none', value => {
    expect(mapClaims({ [NAME]: value }, { nationalNumber: true })).toEqual({})
  })
})

describe('toSignals', () => {
  const NAME = 'http://itsme.services/v2/claim/ongoing_call'

  test.each([true, false])('a call in progress is %p', value => {
    expect(toSignals({ [NAME]: value })).toEqual({ signals: { callInProgress: value } })
  })

  test.each([undefined, null, 'true', 1, {}])('%p says nothing', value => {
    expect(toSignals({ [NAME]: value })).toEqual({})
  })
})

describe('suffices', () => {
  const full = { familyName: 'De Smet', birthdate: '1999-05-30', phoneNumber: '+32 478660011' }

  test('needs family name, birth date and phone', () => {
    expect(suffices(full)).toBe(true)
    for (const name of Object.keys(full)) expect(suffices({ ...full, [name]: undefined } as never)).toBe(false)
  })
})
