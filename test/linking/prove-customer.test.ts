import { MAX_TRIES_AT_RECORD, MAX_TRIES_PER_DAY } from '#src/linking/proof.ts'
import { LOTTE, lotteIn, TOM, unclear } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

const CONTEXT = { clientId: 'myproximus-web', attemptUid: 'attempt-1' }
const RIGHT = { customerId: 'L-mobile', invoiceReference: 'INV-mobile/001' }
const DAY = 24 * 3600 * 1000
let linking: Linking

afterEach(() => linking.close())

const customersOf = async (accountId = 'account-1') =>
  (await linking.store.accounts.customersOf(accountId as never)).map(({ customerId, method }) => [customerId, method])

describe('proveCustomer', () => {
  test('the right reference links the record, by proof', async () => {
    linking = await openLinking([unclear('mobile')])
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)).toEqual({
      kind: 'proved',
      accountId: 'account-1',
    })
    expect(await customersOf()).toEqual([['L-mobile', 'proof']])
    const events = await linking.events()
    expect(events.map(({ type }) => type)).toEqual(['account.opened', 'link.decided', 'link.created'])
    expect(events[0]?.data).toMatchObject({ origin: 'proof' })
    expect(JSON.stringify(events)).not.toMatch(/attempt-1|INV-|lotte/i)
  })

  test.each(['inv mobile 002', ' INVMOBILE001 ', 'Inv.Mobile-001'])(
    'separators and case do not matter: %s',
    async text => {
      linking = await openLinking([unclear('mobile')])
      const answer = { customerId: ' L-mobile ', invoiceReference: text }
      expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, answer)).toMatchObject({ kind: 'proved' })
    },
  )

  test('records tied to the proven one come with it, by match', async () => {
    const shared = { emails: ['l@example.net'] }
    const tied = lotteIn('tv', {
      emails: ['l@example.net'],
      phones: [],
      address: { street: 'Dorp', number: '1', postalCode: '2000' },
    })
    linking = await openLinking([unclear('mobile', shared), tied])
    await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)
    expect(await customersOf()).toEqual([
      ['L-mobile', 'proof'],
      ['L-tv', 'match'],
    ])
  })

  test('one customer number in two service lines: only the record with the reference is proved', async () => {
    linking = await openLinking([unclear('mobile'), unclear('tv', { customerId: 'L-mobile' })])
    await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)
    const links = await linking.store.accounts.customersOf('account-1' as never)
    expect(links.map(({ serviceLine }) => serviceLine)).toEqual(['mobile'])
  })

  test('a record the search did not find may be proved, if it can be this person’s', async () => {
    const far = unclear('mobile', { address: { street: 'Dorp', number: '1', postalCode: '2000' } })
    linking = await openLinking([far])
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)).toMatchObject({ kind: 'proved' })
  })

  test.each([
    ['the date of somebody of her age', LOTTE, { birthDate: '1986-02-01' }, 'proved'],
    ['the date of her parent of that name', LOTTE, { birthDate: '1958-07-21' }, 'wrong'],
    ['her husband, who reads it', TOM, { birthDate: '1986-02-01' }, 'wrong'],
  ])('the invoice of a record at home, %s', async (_, claims, changes, kind) => {
    linking = await openLinking([lotteIn('mobile', { emails: [], phones: [], ...changes })])
    expect(await linking.proveCustomer(verified(claims), CONTEXT, RIGHT)).toMatchObject({ kind })
  })

  test.each([
    ['another reference', { ...RIGHT, invoiceReference: 'INV-mobile/003' }],
    ['no reference', { ...RIGHT, invoiceReference: ' - ' }],
    ['nobody’s customer number', { ...RIGHT, customerId: 'X' }],
    ['the reference of another record', { ...RIGHT, invoiceReference: 'INV-tv/001' }],
  ])('%s is wrong, like everything else', async (_, answer) => {
    linking = await openLinking([unclear('mobile'), unclear('tv')])
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, answer)).toEqual({ kind: 'wrong' })
    expect(await linking.store.accounts.findByIdentity(verified(LOTTE).key)).toBeUndefined()
    expect((await linking.events()).map(({ type, data }) => [type, data])).toMatchObject([
      ['proof.refused', { reason: 'wrong' }],
    ])
  })

  test('a record without references cannot be proved', async () => {
    linking = await openLinking([unclear('mobile', { invoiceReferences: [] })])
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, { ...RIGHT, invoiceReference: '' })).toEqual({
      kind: 'wrong',
    })
  })

  test.each([
    ['somebody else in the house who reads her invoice', TOM, {}],
    ['the heir of a deceased holder', LOTTE, { status: 'deceased' as const }],
  ])('the right answer is wrong for %s', async (_, claims, changes) => {
    linking = await openLinking([lotteIn('mobile', changes)])
    expect(await linking.proveCustomer(verified(claims), CONTEXT, RIGHT)).toEqual({ kind: 'wrong' })
  })

  test('a record that another account owns stays there', async () => {
    linking = await openLinking([unclear('mobile')])
    await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)
    const other = verified({ ...LOTTE, givenName: 'Lotte' }, 'subject-2')
    expect(await linking.proveCustomer(other, CONTEXT, RIGHT)).toEqual({ kind: 'owned-elsewhere' })
    expect(await linking.store.accounts.findByIdentity(other.key)).toBeUndefined()
  })

  test('a tied record that another account owns stays there; the proven one is linked', async () => {
    linking = await openLinking([lotteIn('tv')])
    await linking.resolveLink(verified(LOTTE), CONTEXT)
    await linking.add([unclear('mobile')])
    const outcome = await linking.proveCustomer(verified(LOTTE, 'subject-2'), CONTEXT, RIGHT)
    expect(outcome).toMatchObject({ kind: 'proved' })
    expect(await customersOf('account-1')).toEqual([['L-tv', 'match']])
    expect(await customersOf(outcome.kind === 'proved' ? outcome.accountId : '')).toEqual([['L-mobile', 'proof']])
  })

  test('an identity that has an account by now goes on with it', async () => {
    linking = await openLinking([unclear('mobile')])
    const { accountId } = await linking.openNewAccount(verified(LOTTE), CONTEXT)
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)).toEqual({ kind: 'proved', accountId })
    expect(await customersOf(accountId)).toEqual([])
  })

  test('a number that is given out anew is not proved by an invoice of before', async () => {
    linking = await openLinking([unclear('mobile')])
    const outcome = await linking.prove(verified(LOTTE), CONTEXT, RIGHT)
    if (outcome.kind !== 'found') throw new Error(outcome.kind)
    await linking.add([unclear('mobile', { invoiceReferences: ['INV-of-the-next'] })])
    const linked = await linking.linkRecords(verified(LOTTE), CONTEXT, outcome.proof, outcome.records)
    expect(linked).toEqual({ kind: 'wrong' })
    expect(await linking.store.accounts.findByIdentity(verified(LOTTE).key)).toBeUndefined()
    await linking.add([unclear('mobile', { invoiceReferences: ['INV-mobile/001', 'INV-mobile/003'] })])
    const again = await linking.linkRecords(verified(LOTTE), CONTEXT, outcome.proof, outcome.records)
    expect(again).toMatchObject({ kind: 'linked' })
  })

  test('a record has its tries of a week, whoever makes them; strangers use up none of them', async () => {
    linking = await openLinking([unclear('mobile')])
    const tryAs = (subject: string, claims = LOTTE, answer = { ...RIGHT, invoiceReference: 'x' }) =>
      linking.prove(verified(claims, subject), CONTEXT, answer)
    for (let at = 0; at < MAX_TRIES_AT_RECORD; at++) await tryAs(`stranger-${at}`, TOM, RIGHT)
    for (let at = 0; at < MAX_TRIES_AT_RECORD - 1; at++) await tryAs(`again-${at % 3}`)
    expect(await tryAs('the last try', LOTTE, RIGHT)).toMatchObject({ kind: 'found' })
    expect(await tryAs('the person', LOTTE, RIGHT)).toEqual({ kind: 'wrong' })
    expect((await linking.events()).at(-1)?.data).toMatchObject({ reason: 'record-locked' })
    linking.pass(7 * DAY + 1)
    expect(await tryAs('the person', LOTTE, RIGHT)).toMatchObject({ kind: 'found' })
  })

  test('of parallel tries at a record no more are looked at', async () => {
    linking = await openLinking([unclear('mobile')])
    const tries = Array.from({ length: MAX_TRIES_AT_RECORD + 4 }, (_, at) =>
      linking.prove(verified(LOTTE, `subject-${at % 5}`), CONTEXT, RIGHT),
    )
    const found = (await Promise.all(tries)).filter(({ kind }) => kind === 'found')
    expect(found).toHaveLength(MAX_TRIES_AT_RECORD)
  })

  test('an identity is locked after its tries of a day, over all attempts, and nobody else is', async () => {
    linking = await openLinking([unclear('mobile')])
    for (let at = 0; at < MAX_TRIES_PER_DAY; at++) {
      const context = { ...CONTEXT, attemptUid: `attempt-${at}` }
      expect(await linking.proveCustomer(verified(LOTTE), context, { ...RIGHT, invoiceReference: 'x' })).toEqual({
        kind: 'wrong',
      })
    }
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)).toEqual({ kind: 'locked' })
    expect(await linking.proveCustomer(verified(LOTTE, 'subject-2'), CONTEXT, { ...RIGHT, customerId: 'X' })).toEqual({
      kind: 'wrong',
    })
    linking.pass(DAY + 1)
    expect(await linking.proveCustomer(verified(LOTTE), CONTEXT, RIGHT)).toMatchObject({ kind: 'proved' })
  })
})
