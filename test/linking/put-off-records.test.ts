import { createLinkChanges } from '#src/accounts/link-changes.ts'
import { createLinkRecord } from '#src/accounts/link-record.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import type { CustomerRecord } from '#src/kernel/customer.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { PutOffRecords } from '#src/linking/put-off-records.ts'
import { addSecondLogin } from '#test/support/add-second-login.ts'
import { setClaims } from '#test/support/set-claims.ts'
import { slowDownStore } from '#test/support/slow-down-store.ts'
import { LOTTE, lotteIn, TOM } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

/** What a proof has brought and its person put off, offered again by the account (ADR 0081). */
const CONTEXT = { clientId: 'myproximus-web', attemptUid: 'attempt-1' }
const OLD_MAIL = { channel: 'mail', value: 'lotte.old@example.net' } as const
const ID = 'account-1' as AccountId
const DAY = 24 * 3600 * 1000

const old = (changes: Partial<CustomerRecord> = {}) =>
  lotteIn('mobile', {
    emails: [OLD_MAIL.value],
    phones: ['0475 11 22 33'],
    address: { street: 'Dorp', number: '1', postalCode: '2000' },
    ...changes,
  })
const TV = old({ serviceLine: 'tv', customerId: 'L-tv', role: 'user' })

let linking: Linking
let putOff: PutOffRecords
/** Searches of the customer base so far. */
let searches = 0
afterEach(() => linking.close())

/** She proves two records by a code to her old address, and takes one of them. */
const proveAndTake = async (taken: readonly string[]) => {
  const counting = (stored: CustomerSource): CustomerSource => ({
    ...stored,
    findCandidates: (...asked) => {
      searches += 1
      return stored.findCandidates(...asked)
    },
  })
  linking = await openLinking([old(), TV], { source: counting })
  putOff = linking.putOff(
    createLinkRecord({ ...linking.store, clock: linking.clock, newAccountId: () => 'x' as AccountId }),
  )
  const identity = verified(LOTTE)
  const made = await linking.proveContact.newCode(identity, CONTEXT, { contact: OLD_MAIL, ip: '198.51.100.7' })
  if (made === 'locked') throw new Error(made)
  const outcome = await linking.proveContact.checkCode(identity, CONTEXT, { typed: made.code, codes: [made.sent] })
  if (outcome.kind !== 'found') throw new Error(outcome.kind)
  const chosen = outcome.records.filter(record => taken.includes(customerKeyOf(record)))
  await linking.linkRecords(identity, CONTEXT, outcome.proof, chosen)
}
const linked = async () => (await linking.store.accounts.customersOf(ID)).map(customerKeyOf)
const offered = async () => (await putOff.offered(ID)).map(customerKeyOf)

/** Whether the home says that something is kept: it searches for nothing. */
const isKept = async (): Promise<boolean> => {
  const before = searches
  const kept = await putOff.isKept(ID)
  expect(searches).toBe(before)
  return kept
}

test('what was not chosen is offered in its role, linked by the proof it was found with, and then no more', async () => {
  await proveAndTake(['mobile:L-mobile'])
  expect(await isKept()).toBe(true)
  expect(await putOff.offered(ID)).toEqual([{ serviceLine: 'tv', customerId: 'L-tv', role: 'user', proven: true }])
  expect(await putOff.link(ID, ['tv:L-tv', 'tv:of nobody'])).toBe('linked')
  expect(await linking.store.accounts.customersOf(ID)).toMatchObject([
    { customerId: 'L-mobile' },
    { customerId: 'L-tv', role: 'user', method: 'proof' },
  ])
  const [event] = (await linking.events()).filter(({ data }) => (data as { by?: string }).by === 'the person')
  expect(event).toMatchObject({ type: 'link.created', accountId: ID, data: { customerId: 'L-tv', method: 'proof' } })
  expect([await offered(), await isKept()]).toEqual([[], false])
  // Taken away by people: it does not come back by a click.
  const [change] = await linking.store.linkChanges.list({ of: { accountId: ID }, limit: 1 })
  const moves = change?.moves.map(({ to: from, ...rest }) => ({ ...rest, ...(from && { from }) })) ?? []
  const removal = {
    id: 'removal',
    kind: 'unlink' as const,
    state: 'done' as const,
    at: 1,
    by: 'admin-1',
    reason: 'why',
  }
  await linking.store.linkChanges.apply({
    change: { ...removal, moves } as never,
    opens: [],
    endLogins: [],
    events: [],
  })
  expect(await offered()).toEqual([])
  expect(await putOff.link(ID, ['tv:L-tv'])).toBe('linked')
  expect(await linked()).toEqual(['mobile:L-mobile'])
})

test('of all that was put off one is linked, and the other goes on to be offered', async () => {
  await proveAndTake([])
  expect(await offered()).toEqual(['mobile:L-mobile', 'tv:L-tv'])
  await Promise.all([putOff.link(ID, ['tv:L-tv']), putOff.link(ID, ['tv:L-tv'])])
  expect([await linked(), await offered(), await isKept()]).toEqual([['tv:L-tv'], ['mobile:L-mobile'], true])
  expect(await linking.reviews()).toEqual([])
})

test('of clicks and a login at once each changes the account, and none takes back what another has', async () => {
  await proveAndTake([])
  slowDownStore(linking.store)
  const later = verified({ ...LOTTE, phoneNumber: '+32 498000111' })
  await Promise.all([
    putOff.link(ID, ['tv:L-tv']),
    putOff.link(ID, ['mobile:L-mobile']),
    ...[1, 2, 3].map(() => linking.resolveLink(later, CONTEXT)),
  ])
  expect(await linked()).toEqual(['mobile:L-mobile', 'tv:L-tv'])
  const claims = (await linking.store.accounts.find(ID))?.claims
  expect([claims?.phoneNumber, claims?.putOff]).toEqual(['+32 498000111', undefined])
})

test('a record that another account has by now is a conflict for people; the rest is linked', async () => {
  await proveAndTake([])
  const tom = verified(TOM, 'subject-2')
  const { accountId: other } = await linking.openNewAccount(tom, CONTEXT)
  const changes = createLinkRecord({ ...linking.store, clock: linking.clock, newAccountId: () => 'y' as AccountId })
  const link = { serviceLine: 'tv', customerId: 'L-tv', method: 'proof', ruleVersion: 'r', evidence: null } as const
  expect(await changes(other, link)).toBe(true)
  expect([await offered(), await isKept()]).toEqual([['mobile:L-mobile'], true])
  expect(await putOff.link(ID, ['tv:L-tv', 'mobile:L-mobile'])).toBe('owned-elsewhere')
  expect(await linked()).toEqual(['mobile:L-mobile'])
  expect(await linking.reviews()).toMatchObject([{ kind: 'owner-conflict', accountId: other }])
})

test('one that people take from somebody in that moment is linked to nobody, and is no conflict', async () => {
  await proveAndTake([])
  const changes = createLinkChanges({ ...linking.store, clock: linking.clock, newAccountId: () => 'z' as AccountId })
  const author = { by: 'admin', reason: 'a synthetic complaint' }
  const record = { serviceLine: 'tv', customerId: 'L-tv' } as const
  const { accountId: other } = await linking.openNewAccount(verified(TOM, 'subject-2'), CONTEXT)
  const late = linking.putOff(async (accountId, { serviceLine, customerId, role: _role, ...origin }) => {
    await changes.request({ kind: 'link', account: other, record }, author)
    await changes.request({ kind: 'unlink', record }, author)
    const request = { kind: 'link' as const, account: accountId, record: { serviceLine, customerId }, origin }
    return (await changes.request({ ...request, origin: { ...origin, method: 'match' } }, author)).kind === 'done'
  })
  expect(await late.link(ID, ['tv:L-tv'])).toBe('linked')
  expect([await linked(), await linking.reviews()]).toEqual([[], []])
})

describe('nothing is offered or linked', () => {
  const expectNothing = async () => {
    expect(await offered()).toEqual([])
    await putOff.link(ID, ['tv:L-tv', 'mobile:L-mobile'])
    expect(await linked()).toEqual([])
  }

  test('after thirty days, and the next login forgets it', async () => {
    await proveAndTake([])
    linking.pass(30 * DAY - 1)
    expect(await offered()).toHaveLength(2)
    linking.pass(1)
    expect(await isKept()).toBe(false)
    await expectNothing()
    await linking.resolveLink(verified(LOTTE), CONTEXT)
    expect((await linking.store.accounts.find(ID))?.claims).not.toHaveProperty('putOff')
  })

  test('once the contact has left the records', async () => {
    await proveAndTake([])
    await linking.add([old({ emails: [] }), { ...TV, emails: [] }])
    // The home does not look; the page of records does.
    expect(await isKept()).toBe(true)
    await expectNothing()
  })

  test('once the identity that proved it has left the account', async () => {
    await proveAndTake([])
    const [proved] = (await linking.store.linkChanges.identitiesOf(ID)) as [IdentityKey]
    await addSecondLogin(linking.store, ID)
    const change = { id: 'c', kind: 'rebind' as const, state: 'done' as const, at: 1, by: 'admin-1', reason: 'why' }
    const moves = [{ thing: 'identity' as const, identity: proved, from: ID }]
    await linking.store.linkChanges.apply({ change: { ...change, moves }, opens: [], endLogins: [], events: [] })
    expect(await isKept()).toBe(false)
    await expectNothing()
  })

  test('once the account speaks of somebody else', async () => {
    await proveAndTake([])
    await setClaims(linking.store, ID, ({ putOff: kept, verifiedBy }) => ({
      ...TOM,
      ...(kept && { putOff: kept }),
      ...(verifiedBy && { verifiedBy }),
    }))
    await expectNothing()
  })
})
