import type { AccountClaims, VerifiedIdentity } from '#src/kernel/identity.ts'
import { takeOverClaims } from '#src/linking/take-over-claims.ts'
import { LOTTE, lotteIn } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

/** What an account keeps of its person (ADR 0058). */
const THEN = 1000
const NOW = 2000
const itsme = (claims: VerifiedIdentity['claims']): VerifiedIdentity => verified(claims)
const partner = (claims: VerifiedIdentity['claims'], assurance: VerifiedIdentity['assurance']): VerifiedIdentity => ({
  ...verified(claims),
  upstream: 'partner',
  assurance,
})
const FIRST = takeOverClaims({}, itsme({ ...LOTTE, nationalNumber: '88031499823' }), THEN)
const TYPED: AccountClaims = {
  email: 'typed@example.net',
  emailVerified: true,
  sources: { email: { by: 'person', since: 500 } },
  terms: { version: '1', at: 500 },
}

test('each claim has its source; the national number is not kept', () => {
  const { sources, verifiedBy, ...claims } = FIRST
  expect(claims).toEqual(LOTTE)
  expect(verifiedBy).toBe('itsme')
  expect(sources).toEqual(
    Object.fromEntries(
      ['givenName', 'familyName', 'birthdate', 'email', 'phoneNumber', 'address'].map(name => [
        name,
        { by: 'itsme', since: THEN },
      ]),
    ),
  )
})

test('the same again changes nothing', () => {
  expect(takeOverClaims(FIRST, itsme(LOTTE), NOW)).toEqual(FIRST)
})

test('what the upstream tells anew is taken over, and what it no longer tells ends', () => {
  const { email: _gone, ...told } = LOTTE
  const claims = takeOverClaims(FIRST, itsme({ ...told, phoneNumber: '+32 498000111' }), NOW)
  expect(claims).toMatchObject({ phoneNumber: '+32 498000111', phoneVerified: true, givenName: LOTTE.givenName })
  expect(claims).not.toHaveProperty('email')
  expect(claims.sources).toMatchObject({ phoneNumber: { by: 'itsme', since: NOW }, givenName: { since: THEN } })
  expect(claims.sources).not.toHaveProperty('email')
})

test('what the person confirmed stays, unless the upstream vouches for another', () => {
  const { email: _none, ...told } = LOTTE
  const opened = takeOverClaims(TYPED, itsme(told), THEN)
  expect(opened).toMatchObject(TYPED)
  const unverified = takeOverClaims(opened, itsme({ ...told, email: 'itsme@example.net', emailVerified: false }), NOW)
  expect(unverified).toEqual(opened)
  const vouched = takeOverClaims(opened, itsme({ ...told, email: 'itsme@example.net', emailVerified: true }), NOW)
  expect(vouched).toMatchObject({ email: 'itsme@example.net', emailVerified: true, terms: TYPED.terms })
  expect(vouched.sources?.email).toEqual({ by: 'itsme', since: NOW })
})

test('who has read no document changes and adds nothing of one, and never less than what is verified', () => {
  const { address: _none, ...told } = LOTTE
  const known = takeOverClaims({}, itsme(told), THEN)
  const claims = takeOverClaims(
    known,
    partner(
      { ...LOTTE, givenName: 'Lot', birthdate: '1990-01-01', phoneNumber: '+32 498000111', phoneVerified: false },
      'asserted',
    ),
    NOW,
  )
  expect(claims).toEqual(known)
  const mail = takeOverClaims(known, partner({ email: 'p@example.net', emailVerified: true }, 'asserted'), NOW)
  expect(mail).toEqual({
    ...known,
    email: 'p@example.net',
    emailVerified: true,
    sources: { ...known.sources, email: { by: 'partner', since: NOW } },
  })
})

test('another upstream that has read a document takes nothing away, and does not vouch for what it did not tell', () => {
  const claims = takeOverClaims(FIRST, partner({ givenName: 'Lotte', familyName: 'Vandenbroeck' }, 'verified'), NOW)
  expect(claims).toMatchObject({ givenName: 'Lotte', address: LOTTE.address, verifiedBy: 'partner' })
  expect(claims.sources).toMatchObject({ givenName: { by: 'partner' }, address: { by: 'itsme', since: THEN } })
})

describe('at a login', () => {
  let linking: Linking
  afterEach(() => linking.close())

  test('the account takes over what is new, and the customer base keeps what it says', async () => {
    linking = await openLinking([lotteIn('mobile'), lotteIn('tv', { emails: ['tv@example.net'] })])
    const context = { clientId: 'app' }
    const said = () => Promise.all(['L-mobile', 'L-tv'].map(id => linking.source.findByCustomerId(id)))
    const before = await said()
    await linking.resolveLink(verified(LOTTE), context)
    linking.pass(60_000)
    const moved = { ...LOTTE, phoneNumber: '+32 498000111', address: { streetAddress: 'Dorp 1', postalCode: '2000' } }
    expect(await linking.resolveLink(verified(moved), context)).toMatchObject({ kind: 'known' })
    const account = await linking.store.accounts.find('account-1' as never)
    expect(account?.claims).toMatchObject(moved)
    expect(account?.claims.sources).toMatchObject({ phoneNumber: { since: linking.clock() }, email: { by: 'itsme' } })
    expect(await said()).toEqual(before)
    expect((await linking.store.accounts.customersOf('account-1' as never)).map(one => one.customerId)).toEqual([
      'L-mobile',
      'L-tv',
    ])
  })
})
