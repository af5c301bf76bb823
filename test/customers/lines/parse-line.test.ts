import { parseLine } from '#src/customers/lines/parse-line.ts'

const KEY = { customerId: 'MOB-1', serviceLine: 'mobile' }

const WHOLE = {
  customerId: 'MOB-100001',
  serviceLine: 'mobile',
  firstName: 'Lotte',
  lastName: 'Vandenbroucke',
  birthDate: '1988-03-14',
  emails: ['lotte@example.com'],
  phones: ['0470/12.34.56'],
  address: { street: 'Zennestraat', number: '32', box: '20', postalCode: '1000', locality: 'Brussel', country: 'BE' },
  formerAddresses: [{ street: 'Coupure', number: '114', postalCode: '9000', locality: 'Gent' }],
  nationalNumber: '88.03.14-998.63',
  invoiceReferences: ['INV-2025-0110001'],
  role: 'holder',
  language: 'nl',
  segment: 'consumer',
  status: 'active',
  companyName: 'Vandenbroucke BV',
  createdAt: '2014-02-11',
}

const EMPTY_LISTS = { emails: [], phones: [], formerAddresses: [], invoiceReferences: [] }

const recordOf = (value: unknown) => {
  const parsed = parseLine(JSON.stringify(value))
  if (parsed.kind !== 'record') throw new Error(`not a record: ${JSON.stringify(parsed)}`)
  return parsed.record
}

const faultOf = (line: string) => {
  const parsed = parseLine(line)
  return parsed.kind === 'fault' ? parsed.fault : undefined
}

describe('a good line', () => {
  test('a whole record comes out as it went in', () => {
    expect(recordOf(WHOLE)).toEqual(WHOLE)
  })

  test('the two key fields are enough', () => {
    expect(recordOf(KEY)).toStrictEqual({ ...KEY, ...EMPTY_LISTS })
  })

  test.each([null, '', '   '])('%j means absent, in every field', blank => {
    const fields = Object.keys(WHOLE).filter(field => !(field in KEY) && !['address'].includes(field))
    const lists = new Set(Object.keys(EMPTY_LISTS))
    const texts = fields.filter(field => !lists.has(field)).map(field => [field, blank])
    const items = [...lists].filter(field => field !== 'formerAddresses').map(field => [field, [blank, 'x', blank]])
    const line = {
      ...KEY,
      ...Object.fromEntries([...texts, ...items]),
      address: { street: blank, number: blank },
      formerAddresses: [null, { locality: blank }],
    }
    const x = ['x']
    expect(recordOf(line)).toStrictEqual({
      ...KEY,
      emails: x,
      phones: x,
      formerAddresses: [],
      invoiceReferences: x,
    })
  })

  test('null lists and a null address are absent', () => {
    const nulls = { emails: null, phones: null, formerAddresses: null, invoiceReferences: null, address: null }
    expect(recordOf({ ...KEY, ...nulls })).toStrictEqual({ ...KEY, ...EMPTY_LISTS })
  })

  test('dirty text is kept as it is', () => {
    const dirty = { firstName: ' LOTTE?', birthDate: '00/00/0000', emails: ['geen'], phones: ['0'], createdAt: 'soon' }
    expect(recordOf({ ...KEY, ...dirty })).toMatchObject(dirty)
  })

  test.each([
    ['segment', 'Business', 'business'],
    ['status', ' DECEASED ', 'deceased'],
    ['role', 'Administrator', 'administrator'],
  ])('%s %j is understood', (field, given, understood) => {
    expect(recordOf({ ...KEY, [field]: given })).toHaveProperty(field, understood)
  })

  test('an unknown segment counts as business, so that it never links unasked', () => {
    expect(recordOf({ ...KEY, segment: 'zakelijk' }).segment).toBe('business')
  })

  test('numbers where text is expected are taken as text', () => {
    const line = { ...KEY, birthDate: 19880314, address: { street: 'Zennestraat', number: 32 } }
    expect(recordOf(line)).toMatchObject({ birthDate: '19880314', address: { number: '32' } })
  })

  test.each(['status', 'role'])('an unknown %s counts as absent', field => {
    expect(recordOf({ ...KEY, [field]: 'whatever' })).not.toHaveProperty(field)
  })

  test('500 characters are a text of any field', () => {
    const long = 'x'.repeat(500)
    expect(recordOf({ ...KEY, companyName: long, emails: [long] })).toMatchObject({ companyName: long, emails: [long] })
  })

  test('unknown fields are ignored, those of objects themselves too', () => {
    const line = '{"customerId":"A","serviceLine":"tv","loyalty":7,"__proto__":{"firstName":"X"},"constructor":"y"}'
    const parsed = parseLine(line)
    expect(parsed).toStrictEqual({ kind: 'record', record: { customerId: 'A', serviceLine: 'tv', ...EMPTY_LISTS } })
    expect(({} as { firstName?: string }).firstName).toBeUndefined()
  })

  test('the order of fields changes nothing', () => {
    const reversed = Object.fromEntries(Object.entries(WHOLE).reverse())
    expect(JSON.stringify(recordOf(reversed))).toBe(JSON.stringify(recordOf(WHOLE)))
  })

  test.each(['a', 'é'.repeat(64), 'A B', '0000', '客户-1'])('customer id %j', customerId => {
    expect(recordOf({ ...KEY, customerId }).customerId).toBe(customerId)
  })
})

describe('a bad line', () => {
  test.each([
    ['{"customerId": "MOB-1", "serviceLine": "mob', 'is not JSON'],
    ['', 'is not JSON'],
    ['[1]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    ['"MOB-1"', 'is not a JSON object'],
  ])('%s %s', (line, reason) => {
    expect(faultOf(line)).toEqual({ reason })
  })

  test.each([
    ['customerId', undefined, 'must be a string'],
    ['customerId', null, 'must be a string'],
    ['customerId', 7, 'must be a string'],
    ['customerId', '', 'must not be empty'],
    ['customerId', 'x'.repeat(65), 'must have at most 64 characters'],
    ['customerId', ' MOB-1', 'must be printable and without spaces at its ends'],
    ['customerId', 'MOB\u0000-1', 'must be printable and without spaces at its ends'],
    ['customerId', '\ud800', 'must be printable and without spaces at its ends'],
    ['serviceLine', undefined, 'must be one of mobile, internet, tv, landline'],
    ['serviceLine', 'Mobile', 'must be one of mobile, internet, tv, landline'],
    ['firstName', false, 'must be a string'],
    ['lastName', ['Maes'], 'must be a string'],
    ['birthDate', {}, 'must be a string'],
    ['emails', 'lotte@example.com', 'must be a list of strings'],
    ['phones', { home: '0' }, 'must be a list of strings'],
    ['address', 'Zennestraat 32', 'must be an object'],
    ['address', ['Zennestraat'], 'must be an object'],
    ['formerAddresses', {}, 'must be a list of addresses'],
    ['status', true, 'must be a string'],
    ['lastName', ' '.repeat(8000), 'must have at most 500 characters'],
    ['phones', Array(1001).fill('0470123456'), 'must have at most 1000 entries'],
    ['formerAddresses', Array(1001).fill({}), 'must have at most 1000 entries'],
    ['deleted', 'yes', 'must be true or false'],
  ])('%s %j %s', (field, value, reason) => {
    expect(faultOf(JSON.stringify({ ...KEY, [field]: value }))).toEqual({ field, reason })
  })

  test.each([
    [{ emails: ['a@example.com', true] }, 'emails[1]'],
    [{ address: { street: 'Zennestraat', number: [32] } }, 'address.number'],
    [{ formerAddresses: [{}, { postalCode: {} }] }, 'formerAddresses[1].postalCode'],
  ])('%j names %s', (fields, field) => {
    expect(faultOf(JSON.stringify({ ...KEY, ...fields }))).toEqual({ field, reason: 'must be a string' })
  })

  test('a reason holds nothing of the line', () => {
    const secrets = ['{"customerId": "Lotte Geheim"', JSON.stringify({ ...KEY, serviceLine: 'Lotte Geheim' })]
    for (const line of secrets) expect(JSON.stringify(faultOf(line))).not.toMatch(/Lotte|Geheim/)
  })
})

test('a line that withdraws a record does so whatever else is on it', () => {
  const wrong = { ...KEY, deleted: true, emails: 'not a list', address: 'Kerkstraat 1', lastName: 'x'.repeat(501) }
  expect(parseLine(JSON.stringify(wrong))).toEqual({ kind: 'removal', key: KEY })
  expect(parseLine(JSON.stringify({ ...wrong, serviceLine: 'fax' }))).toMatchObject({ kind: 'fault' })
  // Only true withdraws.
  expect(parseLine(JSON.stringify({ ...wrong, deleted: false }))).toMatchObject({ kind: 'fault' })
})
