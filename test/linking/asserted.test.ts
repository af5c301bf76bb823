import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { LOTTE, lotteIn } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

/** Claims that are only asserted: the upstream knows who logged in, but not whether the name is right. */
const ASSERTED: VerifiedIdentity = { ...verified(LOTTE), assurance: 'asserted' }
const CONTEXT = { clientId: 'myproximus-web', attemptUid: 'attempt' }
const withInvoice = (line: 'mobile' | 'tv') => lotteIn(line, { invoiceReferences: [`INV-${line}`] })

let linking: Linking
beforeEach(async () => {
  linking = await openLinking([withInvoice('mobile'), withInvoice('tv')])
})
afterEach(() => linking.close())

const linked = async () => (await linking.store.accounts.customersOf('account-1' as never)).map(one => one.customerId)

test('the same claims, when verified, link by themselves', async () => {
  const resolution = await linking.resolveLink({ ...ASSERTED, assurance: 'verified' }, CONTEXT)
  expect(resolution.kind).toBe('linked')
  expect(await linked()).toEqual(['L-mobile', 'L-tv'])
})

test('asserted claims are not matched, and nothing is searched with them', async () => {
  const searched: unknown[] = []
  const { close } = linking
  linking = await openLinking([withInvoice('mobile')], {
    source: source => ({
      ...source,
      findCandidates: (...input) => {
        searched.push(input)
        return source.findCandidates(...input)
      },
    }),
  })
  await close()
  expect(await linking.resolveLink(ASSERTED, CONTEXT)).toEqual({ kind: 'unresolved' })
  expect(searched).toEqual([])
  expect(await linking.events()).toEqual([
    expect.objectContaining({ type: 'link.unresolved', data: { outcome: 'asserted' } }),
  ])
})

test('a proof links the proven record and none that only fits', async () => {
  const answer = { customerId: 'L-mobile', invoiceReference: 'INV-mobile' }
  expect((await linking.proveCustomer(ASSERTED, CONTEXT, answer)).kind).toBe('proved')
  expect(await linked()).toEqual(['L-mobile'])
})

test('the same proof by a verified identity links what goes with it, too', async () => {
  const answer = { customerId: 'L-mobile', invoiceReference: 'INV-mobile' }
  expect((await linking.proveCustomer(verified(LOTTE), CONTEXT, answer)).kind).toBe('proved')
  expect(await linked()).toEqual(['L-mobile', 'L-tv'])
})

test('a proof of a record that another account owns moves nothing', async () => {
  await linking.resolveLink(verified(LOTTE, 'subject-2'), CONTEXT)
  const answer = { customerId: 'L-mobile', invoiceReference: 'INV-mobile' }
  expect(await linking.proveCustomer(ASSERTED, CONTEXT, answer)).toEqual({ kind: 'owned-elsewhere' })
  expect(await linking.store.accounts.findByIdentity(ASSERTED.key)).toBeUndefined()
})

test('somebody new has an account, and is known the next time', async () => {
  const { accountId } = await linking.openNewAccount(ASSERTED, CONTEXT)
  expect(await linking.resolveLink(ASSERTED, CONTEXT)).toEqual({ kind: 'known', accountId })
  expect(await linked()).toEqual([])
})
