import type { CustomerRecord } from '#src/kernel/customer.ts'
import type { AccountClaims, AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import { type CodeToSend, MOST_CODES } from '#src/linking/one-time-codes.ts'
import { parseContact, type TypedContact } from '#src/linking/typed-contact.ts'
import { setClaims } from '#test/support/set-claims.ts'
import { LOTTE, lotteIn, TOM } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

const CONTEXT = { clientId: 'myproximus-web', attemptUid: 'attempt-1' }
const ADDRESS = '198.51.100.7'
const OLD_MAIL: TypedContact = { channel: 'mail', value: 'lotte.old@example.net' }
const MINUTE = 60_000

/** Her record from before she moved, with contacts of then: nothing but name and birth date agree. */
const old = (changes: Partial<CustomerRecord> = {}) =>
  lotteIn('mobile', {
    emails: [OLD_MAIL.value],
    phones: ['0475 11 22 33'],
    address: { street: 'Dorp', number: '1', postalCode: '2000' },
    ...changes,
  })

let linking: Linking
afterEach(() => linking.close())

const ask = (contact: TypedContact, identity = verified(LOTTE), context = CONTEXT, ip = ADDRESS) =>
  linking.proveContact.newCode(identity, context, { contact, ip })
const asked = async (...input: Parameters<typeof ask>): Promise<CodeToSend> => {
  const made = await ask(...input)
  if (made === 'locked') throw new Error('locked')
  return made
}
const check = (made: readonly CodeToSend[], typed: string, identity = verified(LOTTE), context = CONTEXT) =>
  linking.proveContact.checkCode(identity, context, { typed, codes: made.map(({ sent }) => sent) })

describe('what somebody typed', () => {
  beforeEach(async () => {
    linking = await openLinking([])
  })
  test.each([
    ['0470 12 34 56', { channel: 'sms', value: '+32470123456' }],
    ['+31 6 12345678', { channel: 'sms', value: '+31612345678' }],
    [' Lotte@Example.NET ', { channel: 'mail', value: 'lotte@example.net' }],
    ['02 555 12 12', undefined],
    ['geen@mail.be', undefined],
    ['lotte', undefined],
    ['', undefined],
  ])('%s', (text, contact) => {
    expect(parseContact(text)).toEqual(contact)
  })
})

describe('a code', () => {
  test('proves no record of her home that has another’s date, though its invoice would', async () => {
    linking = await openLinking([lotteIn('mobile', { birthDate: '1986-02-01', emails: [OLD_MAIL.value] })])
    const made = await asked(OLD_MAIL)
    expect(made.silent).toBe(true)
  })

  test('to a contact on her record proves it, and only the record that holds it', async () => {
    const other = old({
      serviceLine: 'tv',
      customerId: 'L-tv',
      emails: ['other@example.net'],
      phones: [],
      address: { street: 'Elders', number: '9', postalCode: '8000' },
    })
    linking = await openLinking([old(), other])
    const made = await asked(OLD_MAIL)
    expect([made.silent, made.code]).toEqual([false, expect.stringMatching(/^\d{6}$/)])
    const outcome = await check([made], ` ${made.code.slice(0, 3)} ${made.code.slice(3)} `)
    expect(outcome).toEqual({
      kind: 'found',
      proof: { kind: 'contact', contact: OLD_MAIL },
      records: [{ serviceLine: 'mobile', customerId: 'L-mobile', role: 'holder', proven: true }],
    })
    expect(await linking.store.accounts.findByIdentity(verified(LOTTE).key)).toBeUndefined()
  })

  test('its mobile does as well as its mail', async () => {
    linking = await openLinking([old()])
    expect((await asked({ channel: 'sms', value: '+32475112233' })).silent).toBe(false)
  })

  test('does for somebody whose foreign document tells no address, also when the identity is made anew', async () => {
    const { address: _none, ...told } = LOTTE
    linking = await openLinking([old()])
    const made = await asked(OLD_MAIL, verified(told))
    expect(made.silent).toBe(false)
    const outcome = await check([made], made.code, verified(told))
    if (outcome.kind !== 'found') throw new Error(outcome.kind)
    await linking.linkRecords(verified(told), CONTEXT, outcome.proof, outcome.records)
    const again = verified(told, 'subject-2')
    expect(await linking.confirmRecreated(again, CONTEXT, outcome.proof)).toBe('account-1')
  })

  const MINOR = { ...LOTTE, birthdate: '2010-05-06' }
  const OTHERS: readonly [string, readonly CustomerRecord[], TypedContact, VerifiedIdentity][] = [
    ['nobody has this contact', [old()], { channel: 'mail', value: 'nobody@example.net' }, verified(LOTTE)],
    ['there is no candidate at all', [], OLD_MAIL, verified(LOTTE)],
    [
      'the upstream told this contact',
      [lotteIn('mobile')],
      { channel: 'mail', value: 'lotte.vdb@example.com' },
      verified(LOTTE),
    ],
    ['the upstream told this phone', [lotteIn('mobile')], { channel: 'sms', value: '+32470123456' }, verified(LOTTE)],
    [
      'the upstream told this phone, though it did not verify it',
      [old()],
      { channel: 'sms', value: '+32475112233' },
      verified({ ...LOTTE, phoneNumber: '+32 475 11 22 33', phoneVerified: false }),
    ],
    ['it is a housemate’s record', [old()], OLD_MAIL, verified(TOM)],
    ['a parent of the same name holds it', [old({ birthDate: '1958-03-14' })], OLD_MAIL, verified(LOTTE)],
    ['the record has no birth date', [old({ birthDate: undefined as never })], OLD_MAIL, verified(LOTTE)],
    ['it is a company’s', [old({ segment: 'business', companyName: 'Synthetic NV' })], OLD_MAIL, verified(LOTTE)],
    ['its holder died', [old({ status: 'deceased' })], OLD_MAIL, verified(LOTTE)],
    [
      'the person is a minor, with a record of today',
      [old({ birthDate: MINOR.birthdate, createdAt: '2026-10-01' })],
      OLD_MAIL,
      verified(MINOR),
    ],
    ['it was a child’s then', [old({ createdAt: '1999-01-01' })], OLD_MAIL, verified(LOTTE)],
    [
      'a namesake has the same contact',
      [old(), old({ customerId: 'X', birthDate: '1958-03-14', serviceLine: 'tv' })],
      OLD_MAIL,
      verified(LOTTE),
    ],
    ['the claims are only asserted', [old()], OLD_MAIL, { ...verified(LOTTE), assurance: 'asserted' }],
  ]

  test.each(OTHERS)('goes nowhere, and no guess is right, when %s', async (_, records, contact, identity) => {
    linking = await openLinking(records.map(({ birthDate, ...rest }) => (birthDate ? { ...rest, birthDate } : rest)))
    const made = await asked(contact, identity)
    expect(made.silent).toBe(true)
    expect(await check([made], made.code, identity)).toEqual({ kind: 'wrong' })
  })

  test('costs the same work whoever has the contact: search, decision, counters, audit', async () => {
    const works = []
    for (const records of [[], [old()], [old(), lotteIn('tv'), old({ customerId: 'B', serviceLine: 'internet' })]]) {
      const searched: string[] = []
      linking = await openLinking(records, {
        source: source => ({
          ...source,
          findCandidates: async (keys, limit, person) => {
            searched.push(`${keys.length} keys`)
            return source.findCandidates(keys, limit, person)
          },
          termCounts: async terms => {
            searched.push('terms')
            return source.termCounts(terms)
          },
        }),
      })
      const made = await asked(OLD_MAIL)
      await check([made], 'nothing')
      works.push({ searched, events: (await linking.events()).map(({ type }) => type) })
      await linking.close()
    }
    expect(works[0]?.events).toEqual(['proof.code-asked', 'proof.refused'])
    expect(works).toEqual([works[0], works[0], works[0]])
    linking = await openLinking([])
  })

  test('belongs to this person, this attempt and this contact', async () => {
    linking = await openLinking([old()])
    const made = await asked(OLD_MAIL)
    expect(await check([made], made.code, verified(LOTTE, 'subject-2'))).toEqual({ kind: 'wrong' })
    expect(await check([made], made.code, verified(LOTTE), { ...CONTEXT, attemptUid: 'attempt-2' })).toEqual({
      kind: 'wrong',
    })
    const moved = { ...made, sent: { ...made.sent, contact: { channel: 'sms', value: '+32475112233' } as const } }
    expect(await check([moved], made.code)).toEqual({ kind: 'wrong' })
    expect(await check([], made.code)).toEqual({ kind: 'wrong' })
    expect(await check([made], made.code)).toMatchObject({ kind: 'found' })
  })

  test('is worth nothing once the contact has left the record', async () => {
    linking = await openLinking([old()])
    const made = await asked(OLD_MAIL)
    await linking.add([old({ emails: ['thief@example.org'] })])
    expect(await check([made], made.code)).toEqual({ kind: 'wrong' })
  })

  test('lives ten minutes, and a later one does not end it', async () => {
    linking = await openLinking([old()])
    const first = await asked(OLD_MAIL)
    linking.pass(6 * MINUTE)
    const second = await asked(OLD_MAIL)
    linking.pass(3 * MINUTE)
    expect(await check([first, second], first.code)).toMatchObject({ kind: 'found' })
    linking.pass(MINUTE)
    if (first.code !== second.code) expect(await check([first, second], first.code)).toEqual({ kind: 'wrong' })
    expect(await check([first, second], second.code)).toMatchObject({ kind: 'found' })
  })

  test('is asked for so often by one person, to one contact, from one address and network', async () => {
    linking = await openLinking([old()])
    const askers = (n: number) => verified({ ...LOTTE }, `asker-${n}`)
    for (let n = 0; n < MOST_CODES.identity; n++) await asked({ channel: 'mail', value: `n${n}@example.net` })
    expect(await ask(OLD_MAIL)).toBe('locked')
    for (let n = 0; n < MOST_CODES.contact; n++) expect((await asked(OLD_MAIL, askers(n))).silent).toBe(false)
    expect((await asked(OLD_MAIL, askers(90))).silent).toBe(true)
    linking.pass(60 * MINUTE)
    const from = (n: number, ip: string) =>
      asked({ channel: 'mail', value: `m${n}@example.net` }, askers(n), CONTEXT, ip)
    const all = (first: number, end: number, ipOf: (n: number) => string) =>
      Promise.all(Array.from({ length: end - first }, (_, at) => from(first + at, ipOf(first + at))))
    await all(0, MOST_CODES.address, () => '2001:db8:1:1::1')
    expect(await ask(OLD_MAIL, askers(300), CONTEXT, '2001:db8:1:1::2')).toBe('locked')
    await all(MOST_CODES.address + 1, MOST_CODES.network, n => `2001:db8:1:${n}::1`)
    expect(await ask(OLD_MAIL, askers(301), CONTEXT, '2001:db8:1:ffff::1')).toBe('locked')
    expect(await ask(OLD_MAIL, askers(302), CONTEXT, '2001:db8:2::1')).toMatchObject({ silent: false })
  })

  test('strangers who ask for one to her contact use up none of hers', async () => {
    linking = await openLinking([old()])
    const stranger = (n: number) => verified(TOM, `stranger-${n}`)
    for (let n = 0; n <= MOST_CODES.contact; n++) expect((await asked(OLD_MAIL, stranger(n))).silent).toBe(true)
    expect((await asked(OLD_MAIL)).silent).toBe(false)
  })

  test('tells nothing in the audit trail but references', async () => {
    linking = await openLinking([old()])
    const made = await asked(OLD_MAIL)
    await check([made], 'x')
    expect(JSON.stringify(await linking.events())).not.toMatch(/lotte|example|attempt-1|L-mobile/i)
  })
})

describe('after a proof', () => {
  const prove = async () => {
    const made = await asked(OLD_MAIL)
    const outcome = await check([made], made.code)
    if (outcome.kind !== 'found') throw new Error(outcome.kind)
    return outcome
  }
  const linked = async (id: string) =>
    (await linking.store.accounts.customersOf(id as never)).map(({ customerId, method, role }) => [
      customerId,
      method,
      role,
    ])

  test('all, some or none are linked, each in its own role; the rest stays free', async () => {
    const tv = old({ serviceLine: 'tv', customerId: 'L-tv', role: 'user' })
    linking = await openLinking([old(), tv])
    const { proof, records } = await prove()
    expect(records.map(({ customerId }) => customerId)).toEqual(['L-mobile', 'L-tv'])
    expect(await linking.linkRecords(verified(LOTTE), CONTEXT, proof, records.slice(1))).toMatchObject({
      kind: 'linked',
    })
    expect(await linked('account-1')).toEqual([['L-tv', 'proof', 'user']])
    expect(await linking.store.accounts.ownersOf([{ serviceLine: 'mobile', customerId: 'L-mobile' }])).toEqual(
      new Map(),
    )
  })

  test('what was not found is not linked, whatever is asked for', async () => {
    linking = await openLinking([
      old(),
      lotteIn('tv', {
        firstName: 'Tom',
        lastName: 'Peeters',
        birthDate: '1986-02-01',
        customerId: 'O',
        emails: [],
        phones: [],
      }),
    ])
    const { proof } = await prove()
    await linking.linkRecords(verified(LOTTE), CONTEXT, proof, [{ serviceLine: 'tv', customerId: 'O' }])
    expect(await linked('account-1')).toEqual([])
  })

  test('the records are looked at anew', async () => {
    linking = await openLinking([old()])
    const { proof, records } = await prove()
    await linking.add([old({ emails: [] })])
    expect(await linking.linkRecords(verified(LOTTE), CONTEXT, proof, records)).toEqual({ kind: 'wrong' })
    expect(await linking.store.accounts.findByIdentity(verified(LOTTE).key)).toBeUndefined()
  })

  test('a new identity of the same person is told from somebody else', async () => {
    linking = await openLinking([old()])
    const { proof, records } = await prove()
    await linking.linkRecords(verified(LOTTE), CONTEXT, proof, records)
    const again = verified(LOTTE, 'subject-2')
    const made = await asked(OLD_MAIL, again)
    const recreated = await check([made], made.code, again)
    expect(recreated).toMatchObject({ kind: 'recreated', accountId: 'account-1' })
    expect(await linking.confirmRecreated(again, CONTEXT, proof)).toBe('account-1')
    await setClaims(linking.store, 'account-1' as AccountId, claims => ({ ...claims, givenName: 'Lotte' }))
    expect(await check([made], made.code, again)).toEqual({ kind: 'owned-elsewhere' })
    expect(await linking.confirmRecreated(again, CONTEXT, proof)).toBeUndefined()
  })

  const rename = (claims: AccountClaims) => setClaims(linking.store, 'account-1' as AccountId, () => claims)
  test.each([
    ['the contact has left the record', () => linking.add([old({ emails: ['thief@example.org'] })])],
    [
      'the account was blocked',
      () => linking.store.accounts.changeAccess({ id: 'account-1' as never, blocked: true, events: [] }),
    ],
    ['it is another person’s by now', () => rename({ ...LOTTE, birthdate: '1958-03-14', verifiedBy: 'itsme' })],
    ['nobody has read its name from a document', () => rename(LOTTE)],
  ])('speaks for nobody’s old account any more once %s', async (_, change) => {
    linking = await openLinking([old()])
    const { proof, records } = await prove()
    await linking.linkRecords(verified(LOTTE), CONTEXT, proof, records)
    const again = verified(LOTTE, 'subject-2')
    expect(await linking.confirmRecreated(again, CONTEXT, proof)).toBe('account-1')
    await change()
    expect(await linking.confirmRecreated(again, CONTEXT, proof)).toBeUndefined()
  })
})
