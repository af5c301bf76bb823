import type { CustomerRecord } from '#src/kernel/customer.ts'
import type { AccountClaims, AccountId, IdentityClaims } from '#src/kernel/identity.ts'
import { SETTLE_AFTER_MS } from '#src/linking/look-at-changes.ts'
import { watchStatements } from '#test/admin/count-queries.ts'
import { setClaims } from '#test/support/set-claims.ts'
import { LOTTE, lotteIn, TOM, unclear } from './people.ts'
import { type Linking, MATCHING, openLinking, verified } from './support.ts'

const CONTEXT = { clientId: 'app', attemptUid: 'attempt-1' }
const ACCOUNT = 'account-1' as AccountId
const STRANGER: Partial<CustomerRecord> = {
  firstName: 'Karel',
  lastName: 'Wouters',
  birthDate: '1950-01-02',
  emails: ['karel@example.net'],
  phones: ['0499 00 11 22'],
  address: { street: 'Markt', number: '1', postalCode: '8000' },
}
const NOTHING = { changes: 0, linked: 0, raised: 0 }

let linking: Linking
afterEach(() => linking.close())

const logIn = (claims: IdentityClaims = LOTTE, subject = 'subject-1') =>
  linking.resolveLink(verified(claims, subject), CONTEXT)
const kinds = async () => (await linking.reviews()).map(({ kind, customer }) => [kind, customer?.customerId])
const linkedIds = async () => (await linking.store.accounts.customersOf(ACCOUNT)).map(({ customerId }) => customerId)

describe('a linked record that changes', () => {
  const open = async (records = [lotteIn('mobile'), lotteIn('tv')]) => {
    linking = await openLinking(records)
    expect(await logIn()).toMatchObject({ kind: 'linked' })
  }

  test('into somebody else’s raises a review, and the link stays', async () => {
    await open()
    await linking.add([lotteIn('tv', STRANGER)])
    expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 1 })
    expect(await linkedIds()).toEqual(['L-mobile', 'L-tv'])
    const [review] = await linking.reviews()
    expect(review).toMatchObject({
      kind: 'record-changed',
      accountId: ACCOUNT,
      customer: { serviceLine: 'tv', customerId: 'L-tv' },
      data: {
        method: 'match',
        errorBudget: expect.any(Number),
        fields: ['address', 'birthDate', 'emails', 'firstName', 'lastName', 'phones'],
      },
    })
    expect(JSON.stringify(review)).not.toMatch(/karel|wouters|1950|markt|lotte/i)
    expect((await linking.events()).at(-1)).toMatchObject({ type: 'review.opened', accountId: ACCOUNT })
  })

  test.each<[string, Partial<CustomerRecord>]>([
    ['a field that matching does not see', { language: 'fr', invoiceReferences: ['INV-9'] }],
    ['another way to write the same', { lastName: 'VAN DEN BROECK', phones: ['+32470123456'] }],
    ['a new address while all else agrees', { address: { street: 'Dorp', number: '7', postalCode: '2000' } }],
  ])('by %s raises none', async (_, change) => {
    await open()
    await linking.add([lotteIn('tv', change)])
    expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 0 })
    expect(await linking.reviews()).toEqual([])
  })

  test.each<[string, Partial<CustomerRecord>]>([
    ['another birth date', { birthDate: '1958-03-14' }],
    ['a company', { segment: 'business', companyName: 'Broeck BV' }],
    ['a holder who died', { status: 'deceased' }],
  ])('into %s raises one', async (_, change) => {
    await open()
    await linking.add([lotteIn('mobile', change)])
    expect((await linking.lookAtChanges()).raised).toBe(1)
    expect(await kinds()).toEqual([['record-changed', 'L-mobile']])
  })

  test('changed and changed back before anybody looked raises none', async () => {
    await open()
    await linking.add([lotteIn('tv', STRANGER)])
    await linking.add([lotteIn('tv')])
    expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 0 })
  })

  test('every linked record at once, as when customer numbers are given out anew, raises one each', async () => {
    await open()
    await linking.add([lotteIn('tv', STRANGER), lotteIn('mobile', STRANGER)])
    await linking.lookAtChanges()
    expect((await kinds()).map(([, id]) => id).sort()).toEqual(['L-mobile', 'L-tv'])
  })

  test('withdrawn raises a review; what comes in its place is looked at as well', async () => {
    await open()
    await linking.remove(lotteIn('tv'))
    expect((await linking.lookAtChanges()).raised).toBe(1)
    expect(await kinds()).toEqual([['record-withdrawn', 'L-tv']])
    expect(await linkedIds()).toEqual(['L-mobile', 'L-tv'])
    linking.pass(SETTLE_AFTER_MS)
    expect(await linking.lookAtChanges()).toMatchObject({ raised: 0 })
    expect(await linking.lookAtChanges()).toEqual(NOTHING)
    await linking.add([lotteIn('tv', STRANGER)])
    expect((await linking.lookAtChanges()).raised).toBe(1)
    expect((await kinds()).map(([kind]) => kind)).toEqual(['record-withdrawn', 'record-changed'])
  })
})

test('a record that changed is not the person’s by what the person typed', async () => {
  linking = await openLinking([lotteIn('tv')])
  await logIn()
  const { givenName, familyName, birthdate, email } = LOTTE
  const by = { by: 'person', since: 1 }
  await setClaims(linking.store, ACCOUNT, () => ({
    ...({ givenName, familyName, birthdate, email, verifiedBy: 'itsme' } as AccountClaims),
    sources: { email: by },
  }))
  await linking.add([lotteIn('tv', { phones: [], address: { street: 'Dorp', number: '7', postalCode: '2000' } })])
  expect((await linking.lookAtChanges()).raised).toBe(1)
})

describe('a proved record that changes', () => {
  const RIGHT = { customerId: 'L-mobile', invoiceReference: 'INV-mobile/001' }

  test('raises none while a proof could still claim it, one when it could not', async () => {
    linking = await openLinking([unclear('mobile')])
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)).toMatchObject({ kind: 'proved' })
    await linking.add([unclear('mobile', { address: { street: 'Kerkstr.', number: '32', postalCode: '9000' } })])
    expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 0 })
    await linking.add([unclear('mobile', { firstName: 'Tom' })])
    expect((await linking.lookAtChanges()).raised).toBe(1)
  })

  test('vouches for the records that are tied to it', async () => {
    const shared = {
      emails: ['l@example.net'],
      phones: [],
      address: { street: 'Dorp', number: '1', postalCode: '2000' },
    }
    linking = await openLinking([unclear('mobile', { emails: ['l@example.net'] }), lotteIn('tv', shared)])
    await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)
    expect(await linkedIds()).toEqual(['L-mobile', 'L-tv'])
    await linking.add([lotteIn('tv', { ...shared, phones: ['09 222 33 44'] })])
    expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 0 })
    await linking.add([lotteIn('tv', { ...shared, emails: ['other@example.net'] })])
    expect((await linking.lookAtChanges()).raised).toBe(1)
  })
})

test('a change is forgotten once a login that read the record before must be over', async () => {
  linking = await openLinking([lotteIn('tv')])
  await linking.add([lotteIn('tv', STRANGER)])
  expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 0, raised: 0 })
  // A login that had read the record as it was links it only now.
  const { customerId, serviceLine } = lotteIn('tv')
  const link = { serviceLine, customerId, method: 'match', ruleVersion: 'r', evidence: null } as const
  await linking.store.accounts.open({
    account: { id: ACCOUNT, createdAt: 1, updatedAt: 1, claims: LOTTE },
    identity: verified(LOTTE).key,
    customers: [link],
    events: [],
  })
  expect((await linking.lookAtChanges()).raised).toBe(1)
  linking.pass(SETTLE_AFTER_MS)
  expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 0 })
  expect(await linking.lookAtChanges()).toEqual(NOTHING)
})

test('who looks while changes come in leaves for later what would be looked at again', async () => {
  linking = await openLinking([lotteIn('tv'), lotteIn('mobile')])
  await logIn()
  await linking.add([lotteIn('tv', STRANGER)])
  linking.pass(SETTLE_AFTER_MS)
  await linking.add([lotteIn('mobile', STRANGER)])
  expect(await linking.lookAtChanges({ onlyRipe: true })).toEqual({ changes: 1, linked: 1, raised: 1 })
  expect(await linking.lookAtChanges({ onlyRipe: true })).toEqual(NOTHING)
  expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 1 })
})

test('of changes those alone are read that somebody is linked to: a file that changes all records is looked at quickly', async () => {
  const others = Array.from({ length: 20 }, (_, at) => lotteIn('tv', { ...STRANGER, customerId: `X-${at}` }))
  linking = await openLinking([lotteIn('tv'), ...others])
  await logIn()
  await linking.add(others.map(record => ({ ...record, language: 'fr' })))
  await linking.add([lotteIn('tv', { language: 'fr' })])
  const watched = watchStatements()
  try {
    expect(await linking.lookAtChanges()).toEqual({ changes: 21, linked: 1, raised: 0 })
    const read = watched.take().statements.filter(sql => /SELECT .*document FROM customers\b/.test(sql))
    expect(read).toHaveLength(1)
  } finally {
    watched.end()
  }
})

test('where the search tells less than all there is nothing is concluded, and it is looked at again', async () => {
  let complete = false
  linking = await openLinking([lotteIn('tv')], {
    source: stored => ({
      ...stored,
      findCandidates: async (...asked) => ({ ...(await stored.findCandidates(...asked)), complete }),
    }),
    matching: MATCHING,
  })
  complete = true
  await logIn()
  complete = false
  await linking.add([lotteIn('tv', STRANGER)])
  linking.pass(SETTLE_AFTER_MS)
  expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 0 })
  complete = true
  expect(await linking.lookAtChanges()).toEqual({ changes: 1, linked: 1, raised: 1 })
  expect(await linking.lookAtChanges()).toEqual(NOTHING)
})

test('somebody else who would be linked to an owned record raises a conflict, and owns nothing', async () => {
  linking = await openLinking([lotteIn('tv')])
  await logIn()
  expect(await logIn(LOTTE, 'subject-2')).toMatchObject({ kind: 'unresolved' })
  expect(await kinds()).toEqual([['owner-conflict', 'L-tv']])
  const answer = { customerId: 'L-tv', invoiceReference: 'INV-tv/001' }
  expect(await linking.proveCustomer(verified({ ...LOTTE, givenName: 'Lotte' }, 'subject-3'), CONTEXT, answer)).toEqual(
    {
      kind: 'owned-elsewhere',
    },
  )
  expect(await kinds()).toEqual([['owner-conflict', 'L-tv']])
  expect(await logIn(TOM, 'subject-4')).toMatchObject({ kind: 'unresolved' })
  expect((await linking.store.accounts.ownersOf([lotteIn('tv')])).get('tv:L-tv')).toBe(ACCOUNT)
})
