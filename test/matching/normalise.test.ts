import { normaliseIdentityAddress, normaliseRecordAddress } from '#src/matching/normalise/addresses.ts'
import { normaliseEmail, normaliseEmails, normalisePhones } from '#src/matching/normalise/contacts.ts'
import { normaliseDate, swapDayAndMonth } from '#src/matching/normalise/dates.ts'
import { parseFamilyName, parseFirstNames, withoutParticles } from '#src/matching/normalise/names.ts'
import { parseNationalNumber } from '#src/matching/normalise/national-number.ts'
import { identityToPerson, toComparablePerson } from '#src/matching/normalise.ts'
import { claims, record } from './people.ts'

describe('names', () => {
  test.each([
    ['Van den Broeck', 'vandenbroeck', ['vandenbroeck']],
    ['Broeck, Van Den', 'vandenbroeck', ['vandenbroeck']],
    ['vd Broeck', 'vandenbroeck', ['vandenbroeck']],
    ['v. d. Broeck', 'vandenbroeck', ['vandenbroeck']],
    ['Van-den-Broeck', 'vandenbroeck', ['vandenbroeck']],
    ['D’Hondt', 'dhondt', ['dhondt']],
    ['El Khattabi', 'elkhattabi', ['elkhattabi']],
    ['Müßig-Łøve', 'mussiglove', ['mussig', 'love']],
    ['Cœur', 'coeur', ['coeur']],
    ['J4nssens', 'janssens', ['janssens']],
    ['Pau1us', 'paulus', ['paulus']],
    ['1ouis', 'louis', ['louis']],
    ['Sm1t7', 'smit', ['smit']],
    ['Peeters-Janssens', 'peetersjanssens', ['peeters', 'janssens']],
    ['De Smet de Naeyer', 'desmetdenaeyer', ['desmet', 'denaeyer']],
    ['Peeters ép. Van Damme', 'peeters', ['peeters', 'vandamme']],
    ['Peeters echtgenote van Van Damme', 'peeters', ['peeters', 'vandamme']],
    ['Van Damme née Peeters', 'peeters', ['peeters', 'vandamme']],
    ['Van', 'van', ['van']],
    [' ép. Peeters', 'peeters', ['peeters']],
    ['Mevr. Van den Broeck', 'vandenbroeck', ['vandenbroeck']],
    ['De heer Peeters', 'peeters', ['peeters']],
    ['De Heer', 'deheer', ['deheer']],
    ['M. et Mme Dupont', 'dupont', ['dupont']],
    ['Fam. Peeters', 'peeters', ['peeters']],
    ['Peeters S.', 'peeterss', ['peeters', 's']],
    ['S', 's', ['s']],
    ['GÃ¼neÅŸ', 'gunes', ['gunes']],
    ['Ã‰vrard', 'evrard', ['evrard']],
    ['N\ufffd\ufffdel', 'n?el', ['n?el']],
  ])('family name %s', (text, familyName, familyNames) => {
    expect(parseFamilyName(text)).toEqual({ familyName, familyNames })
  })

  test('thousands of spaces part names as one does', () => {
    const wide = `Peeters${' '.repeat(8000)}ep.${' '.repeat(8000)}Van Damme`
    expect(parseFamilyName(wide)).toEqual(parseFamilyName('Peeters ep. Van Damme'))
  })

  test.each([undefined, '', ' - ', '7', 'x', 'Onbekend', '?'])('%p is no family name', text => {
    expect(parseFamilyName(text)).toEqual({ familyNames: [] })
  })

  test.each([
    ['Lotte Marie A', ['lotte', 'marie', 'a']],
    ['Jean-Pierre', ['jean-pierre']],
    ['J.P.', ['j', 'p']],
    ['J-P', ['j', 'p']],
    ['Mevr. Zoë', ['zoe']],
    ['M. Yvon', ['yvon']],
    ['M. Y.', ['m', 'y']],
    ['M.', ['m']],
    ['Mar1a', ['maria']],
    ['Mw. Lisa', ['lisa']],
    ['De heer Jan', ['jan']],
    ['Dhr. en Mevr. Jan', ['jan']],
    ['M. et Mme', []],
    ['Mme', []],
    ['Jan & Mia', ['jan']],
    ['Jia En', ['jia', 'en']],
    ['En Li', ['en', 'li']],
    ['Jean et Marie', ['jean']],
    ['X', []],
    ['X.', ['x']],
    ['N/A', []],
    ['n.v.t.', []],
    ['inconnu', []],
    ['Fran?ois', ['fran?ois']],
    [undefined, []],
  ])('first names %s', (text, names) => expect(parseFirstNames(text)).toEqual(names))

  test.each([
    ['vandenbroeck', 'broeck'],
    ['desmet', 'smet'],
    ['vanes', 'vanes'],
  ])('%s without its particles is %s', (name, rest) => expect(withoutParticles(name)).toBe(rest))
})

describe('contacts', () => {
  test.each([' Lotte@Example.COM ', 'info@garage.example'])('%s is an address', text =>
    expect(normaliseEmail(text)).toBe(text.trim().toLowerCase()),
  )

  test.each([
    'geen@mail.be',
    'geen.mail@telenet.be',
    'no-email@x.example',
    'xxx@y.example',
    'n.v.t@y.example',
    'jan@noemail.be',
    'jan@mail.invalid',
    'jan',
    'jan@localhost',
    'a b@c.be',
  ])('%s is none', text => expect(normaliseEmail(text)).toBeUndefined())

  test.each([
    'mailto:jan.p@telenet.be',
    '<jan.p@telenet.be>',
    'jan.p@telenet,be',
    'jan.p @ telenet.be',
    'jan.p(at)telenet.be',
    'jan.p@telenet.be;',
  ])('%s is jan.p@telenet.be', text => expect(normaliseEmails([text])).toEqual(['jan.p@telenet.be']))

  test.each(['jan.p@telenet.be; mia@telenet.be', 'jan.p@telenet.be,mia@telenet.be', 'jan.p@telenet.be mia@telenet.be'])(
    '%s are two addresses',
    text => expect(normaliseEmails([text])).toEqual(['jan.p@telenet.be', 'mia@telenet.be']),
  )

  test('what is longer than any address is none, and takes no time', () => {
    expect(normaliseEmails([`a@b.be${' '.repeat(1_000_000)}c@d.be`])).toEqual([])
  })

  test('each address once', () => expect(normaliseEmails(['A@b.be', 'a@B.be', 'x'])).toEqual(['a@b.be']))

  test.each(['+32 470123456', '0470/12.34.56', '0032470123456', '32470123456', '470123456', '+32 (0)470 12 34 56'])(
    '%s is one mobile',
    text => {
      expect(normalisePhones([text, text])).toEqual({ mobiles: ['+32470123456'], landlines: [] })
    },
  )

  test.each([
    '0470123456 / 09 223 45 67',
    '0470123456/092234567',
    '0470 12 34 56, +32 9 223 45 67',
    '+32470123456 of +3292234567',
    'O470123456 ou 09/2234567',
  ])('%s are two numbers', text =>
    expect(normalisePhones([text])).toEqual({ mobiles: ['+32470123456'], landlines: ['+3292234567'] }),
  )

  test('landlines apart, foreign ones as they are, the rest dropped', () => {
    expect(
      normalisePhones(['09 223 45 67', '+33 6 12 34 56 78', '+1 202 555 0143', '0800 12345', '0470000000', '12', 'x']),
    ).toEqual({
      mobiles: ['+33612345678'],
      landlines: ['+3292234567', '+12025550143'],
    })
  })
})

describe('dates', () => {
  test.each([
    ['1988-03-14', '1988-03-14'],
    ['1988-03-14T12:00:00Z', '1988-03-14'],
    ['19880314', '1988-03-14'],
    ['14/03/1988', '1988-03-14'],
    ['4.3.1988', '1988-03-04'],
    ['03/14/1988', '1988-03-14'],
    ['2000-02-29', '2000-02-29'],
    ['1900-01-01', undefined],
    ['01/01/1970', undefined],
    ['1999-02-29', undefined],
    ['1988-13-01', undefined],
    ['1988-00-10', '1988-01-01'],
    ['1988-10-00', '1988-01-01'],
    ['1988-00-00', '1988-01-01'],
    ['00/00/1988', '1988-01-01'],
    ['1988', '1988-01-01'],
    ['14031988', '1988-03-14'],
    ['14/03/1988 00:00:00', '1988-03-14'],
    ['14-MAR-1988', '1988-03-14'],
    ['14 maart 1988', '1988-03-14'],
    ['1er août 1988', '1988-08-01'],
    ['14 floréal 1988', undefined],
    ['1988-03-13T23:00:00Z', '1988-03-14'],
    ['1988-07-13T22:00:00.000Z', '1988-07-14'],
    ['1900', undefined],
    ['1880-10-10', undefined],
    ['9999-12-31', undefined],
    ['14 maart', undefined],
    [undefined, undefined],
  ])('%s', (text, date) => expect(normaliseDate(text)).toBe(date))

  test('day and month exchanged, where that is another date', () => {
    expect(swapDayAndMonth('1988-03-04')).toBe('1988-04-03')
    expect(swapDayAndMonth('1988-03-14')).toBeUndefined()
    expect(swapDayAndMonth('1988-03-03')).toBeUndefined()
  })
})

describe('national numbers', () => {
  test.each([
    ['88.03.14-026.65', { number: '88031402665', birthDate: '1988-03-14' }],
    ['03061110587', { number: '03061110587', birthDate: '2003-06-11' }],
    ['90421503154', { number: '90421503154' }],
    ['88031402666', undefined],
    ['88731402665', undefined],
    ['88131402665', undefined],
    ['8803140266', undefined],
    [undefined, undefined],
  ])('%s', (text, parsed) => expect(parseNationalNumber(text)).toEqual(parsed))
})

describe('addresses', () => {
  const inGent = (streetAddress: string) =>
    normaliseIdentityAddress({ streetAddress, postalCode: '9000', locality: 'GENT' })
  const gent = { postalCode: '9000', locality: 'gent' }

  test.each([
    ['Kerkstraat 32 bus 20', { street: 'kerk', number: '32', box: '20' }],
    ['Kerkstraat 32bus20', { street: 'kerk', number: '32', box: '20' }],
    ['Kerkstr. 32/20', { street: 'kerk', number: '32', box: '20' }],
    ['Kerkstraat 32 bte 020', { street: 'kerk', number: '32', box: '20' }],
    ['Kerkstraat 32b20', { street: 'kerk', number: '32', box: '20' }],
    ['Kerkstraat 32 0020', { street: 'kerk', number: '32', box: '20' }],
    ['Kerkstraat 32 bus', { street: 'kerk', number: '32' }],
    ['Kerkstraat nr. 032 A', { street: 'kerk', number: '32a' }],
    ['Kerkstraat 32-34', { street: 'kerk', number: '32' }],
    ['Kerkstraat', { street: 'kerk' }],
    ['Busstraat 7', { street: 'bus', number: '7' }],
    ['12, rue de la Loi', { street: 'loi', number: '12' }],
    ['Rue du 11 Novembre 12 boîte 3', { street: '11novembre', number: '12', box: '3' }],
    ['Avenue Saint-Jean 5', { street: 'stjean', number: '5' }],
    ['Place de la', { street: 'placedela' }],
    ['Laan 5', { street: 'laan', number: '5' }],
    ['5 Nieuwe Baan', { street: 'nieuwe', number: '5' }],
    ['Kerkstraat 32 bA', { street: 'kerk', number: '32', box: 'a' }],
    ['Kerkstraat 32busA', { street: 'kerk', number: '32', box: 'a' }],
    ['Kerkstraat 32a bt 2.1', { street: 'kerk', number: '32a', box: '21' }],
    ['Kerkstraat 32/A', { street: 'kerk', number: '32a' }],
    ['Kerkstraat 32bis', { street: 'kerk', number: '32bis' }],
    ['Kerkstraat 32, 3e verd.', { street: 'kerk', number: '32' }],
    ['Kerkstraat32', { street: 'kerk', number: '32' }],
    ['Kerkstraat(GEN) 32', { street: 'kerk', number: '32' }],
    ['Mgr. Heylenstw. 5', { street: 'mgrheylen', number: '5' }],
    ['Monseigneur Heylensteenweg 5', { street: 'mgrheylen', number: '5' }],
    ['O.L.V.-straat 5', { street: 'onzelievevrouw', number: '5' }],
    ['Onze-Lieve-Vrouwstraat 5', { street: 'onzelievevrouw', number: '5' }],
    ['Leopold II-laan 5', { street: 'leopold2', number: '5' }],
    ['11 Novemberlaan 5', { street: '11november', number: '5' }],
  ])('%s', (text, expected) => expect(inGent(text)).toEqual({ ...expected, ...gent }))

  test('a line longer than any address is not taken apart, which would take hours', () => {
    expect(inGent(`${'1'.repeat(20_000)}${','.repeat(20_000)}x`)?.number).toBeUndefined()
  })

  test('a street of Brussels is one in both languages; elsewhere the same word is another street', () => {
    const of = (streetAddress: string, postalCode: string) =>
      normaliseIdentityAddress({ streetAddress, postalCode })?.street
    expect([of('Wetstraat 16', '1000'), of('Rue de la Loi 16', '1040')]).toEqual(['loi', 'loi'])
    expect(of('Wetstraat 16', '9000')).toBe('wet')
    expect(normaliseIdentityAddress({ streetAddress: 'Wetstraat 16' })).toEqual({ street: 'wet', number: '16' })
    expect(normaliseIdentityAddress({ locality: 'Bruxelles' })).toEqual({ locality: 'brussel' })
  })

  test.each([
    [
      { street: 'Kerkstraat', number: '32 bus 20' },
      { street: 'kerk', number: '32', box: '20' },
    ],
    [
      { street: 'Kerkstraat 32', number: '32', box: '020' },
      { street: 'kerk', number: '32', box: '20' },
    ],
    [{ street: 'Kerkstraat 32 bus 20' }, { street: 'kerk', number: '32', box: '20' }],
    [
      { street: 'Kerkstraat', postalCode: 'B-9000' },
      { street: 'kerk', postalCode: '9000' },
    ],
    [
      { street: 'Kerkstraat 32 bus 20, 9000 Gent', postalCode: '9000' },
      { street: 'kerk', number: '32', box: '20', postalCode: '9000' },
    ],
    [
      { street: '11 Novemberlaan', number: '32', box: 'b 020' },
      { street: '11november', number: '32', box: '20' },
    ],
    [
      { street: 'Kerkstraat 12', number: '12A' },
      { street: 'kerk', number: '12a' },
    ],
    [
      { street: 'Kerkstraat', locality: '9000 Gent' },
      { street: 'kerk', postalCode: '9000', locality: 'gent' },
    ],
    [{ postalCode: '9000.0' }, { postalCode: '9000' }],
    [{ postalCode: '1011 AB' }, undefined],
    [{ postalCode: '90000', country: 'BE' }, undefined],
    [{ street: '', number: '' }, undefined],
    [undefined, undefined],
  ])('of a record: %j', (address, expected) => expect(normaliseRecordAddress(address)).toEqual(expected))

  test('an identity’s formatted address is split at the postal code', () => {
    const formatted = 'Kerkstraat 32 bus 20 9000 GENT'
    expect(normaliseIdentityAddress({ formatted })).toEqual({ street: 'kerk', number: '32', box: '20', ...gent })
    expect(normaliseIdentityAddress({ formatted: 'Kerkstraat' })).toBeUndefined()
    expect(normaliseIdentityAddress(undefined)).toBeUndefined()
  })
})

describe('people', () => {
  test('an identity and a tidy record of one person have one comparable form, but for the names she has more of', () => {
    const { firstNames, ...identity } = identityToPerson(claims())
    const { firstNames: onRecord, ...person } = toComparablePerson(record())
    expect(person).toEqual(identity)
    expect([firstNames, onRecord]).toEqual([['lotte', 'marie', 'a'], ['lotte']])
  })

  test('an identity of nothing', () => {
    expect(identityToPerson({})).toEqual({
      firstNames: [],
      familyNames: [],
      emails: [],
      mobiles: [],
      landlines: [],
      addresses: [],
    })
  })

  test('1 January counts as a year only', () => {
    expect(toComparablePerson(record({ birthDate: '1988-01-01' }))).toMatchObject({
      birthDate: '1988-01-01',
      birthYearOnly: true,
    })
  })

  test('the national number is used where allowed only, and stands in for a missing birth date', () => {
    const numbered = record({ nationalNumber: '88.03.14-026.65', birthDate: undefined })
    expect(toComparablePerson(numbered)).not.toHaveProperty('nationalNumber')
    expect(toComparablePerson(numbered)).not.toHaveProperty('birthDate')
    expect(toComparablePerson(numbered, { nationalNumber: true })).toMatchObject({
      nationalNumber: '88031402665',
      birthDate: '1988-03-14',
    })
  })
})
