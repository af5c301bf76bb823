import type { AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import { createBindLogin } from '#src/linking/bind-login.ts'
import { bringIn } from '#test/support/bring-in.ts'
import { LOTTE, TOM } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

/** Whom an old login lets in for good, once the account has its person: in the days of grace, by another upstream. */
const CONTEXT = { clientId: 'app', enteredAt: Number.MAX_SAFE_INTEGER }
let linking: Linking

const start = async () => {
  linking = await openLinking([])
  await bringIn(linking.store, { legacyId: 'L-1', username: 'lotte' })
  const bindLogin = createBindLogin({
    ...linking.store,
    source: linking.source,
    clock: linking.clock,
    forgetLogin: async () => {},
    graceMs: 7 * 24 * 3600 * 1000,
  })
  const accountId = (await linking.store.credentials.findByLegacyIds(['L-1'])).get('L-1')?.accountId as AccountId
  return { accountId, bind: (identity: VerifiedIdentity) => bindLogin(identity, accountId, CONTEXT) }
}
afterEach(() => linking.close())

/** The same claims at another upstream. */
const elsewhere = (claims: VerifiedIdentity['claims'], assurance: VerifiedIdentity['assurance'] = 'verified') => ({
  ...verified(claims, 'at-the-other'),
  assurance,
  upstream: 'other',
  key: { issuer: 'https://other.example', clientId: 'PIAS', subject: 'o' },
})

test.each([
  ['somebody else', elsewhere(TOM)],
  ['a sibling of the same day', elsewhere({ ...LOTTE, name: 'Noor', givenName: 'Noor' })],
  ['whoever only says to be she', elsewhere(LOTTE, 'asserted')],
])('%s gets in by no other upstream', async (_who, stranger) => {
  const { accountId, bind } = await start()
  expect(await bind(verified(LOTTE))).toMatchObject({ kind: 'bound' })
  expect(await bind(stranger)).toEqual({ kind: 'contradicted' })
  expect(await linking.store.accounts.findByIdentity(stranger.key)).toBeUndefined()
  expect((await linking.store.accounts.find(accountId))?.claims.familyName).toBe(LOTTE.familyName)
  expect((await linking.events()).map(({ type }) => type)).toContain('bind.refused')
})

test('she herself does, and a second click is the first', async () => {
  const { accountId, bind } = await start()
  await bind(verified(LOTTE))
  expect(await bind(elsewhere(LOTTE))).toMatchObject({ kind: 'bound' })
  expect(await bind(elsewhere(LOTTE))).toMatchObject({ kind: 'bound' })
  expect(await linking.store.accounts.findByIdentity(elsewhere(LOTTE).key)).toBe(accountId)
})

test('a second click is the first also for whoever was born on 1 January, as far as papers tell', async () => {
  const { accountId, bind } = await start()
  const born = { ...LOTTE, birthdate: '1988-01-01' }
  expect(await bind(verified(born))).toMatchObject({ kind: 'bound', accountId })
  expect(await bind(verified(born))).toMatchObject({ kind: 'bound', accountId })
  expect((await linking.events()).map(({ type }) => type)).not.toContain('bind.refused')
})

test('an account whose person nobody has read from a document may still get one', async () => {
  const { bind } = await start()
  expect(await bind(elsewhere(TOM, 'asserted'))).toMatchObject({ kind: 'bound' })
  expect(await bind(verified(LOTTE))).toMatchObject({ kind: 'bound' })
})
