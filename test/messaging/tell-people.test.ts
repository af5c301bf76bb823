import type { AccountId } from '#src/kernel/identity.ts'
import type { MessageContent } from '#src/messaging/message-content.ts'
import type { Channel } from '#src/messaging/open-transports.ts'
import { createQueueMessage } from '#src/messaging/queue-message.ts'
import { createRecipients } from '#src/messaging/recipients.ts'
import { createPrepareTelling } from '#src/messaging/tell-now.ts'
import { createTellPeople } from '#src/messaging/tell-people.ts'
import { LOTTE, lotteIn, unclear } from '#test/linking/people.ts'
import { type Linking, openLinking, verified } from '#test/linking/support.ts'
import { setClaims } from '#test/support/set-claims.ts'

const CONTEXT = { clientId: 'app', attemptUid: 'attempt' }
const MINUTE = 60_000

let linking: Linking
afterEach(() => linking.close())

const tellPeople = (channels: readonly Channel[] = ['sms', 'mail']) => {
  const { store, source, clock } = linking
  return createTellPeople({
    ...store,
    recipients: createRecipients({ ...store, source, channels, defaultLocale: 'nl' }),
    queueMessage: createQueueMessage({ messages: store.messages, clock }),
    upstreamName: id => (id === 'itsme' ? 'itsme' : undefined),
    clock,
  })
}

/** What waits in the queue: who is told of what, in which language. */
const queued = async () => {
  const due = await linking.store.messages.takeDue({ now: linking.clock(), leaseMs: MINUTE, limit: 100 })
  const contents = due.map(({ content }) => content as unknown as MessageContent)
  return contents.map(({ name, recipient: { channel, to, locale } }) => [name, channel, to, locale].join(' ')).sort()
}

test('of new links are told the person, at the verified phone, and the contact on file of each record, once', async () => {
  const other = { emails: ['old@example.net'], language: 'fr' }
  linking = await openLinking([lotteIn('mobile'), lotteIn('tv'), lotteIn('internet', other)])
  await linking.resolveLink(verified({ ...LOTTE, locale: 'de' }), CONTEXT)
  await tellPeople().run()
  expect(await queued()).toEqual([
    'linked mail lotte.vdb@example.com de',
    'linked mail old@example.net fr',
    'linked sms +32470123456 de',
  ])
})

test('the holder hears of it when somebody proves the record with another phone; what a thief typed hears nothing', async () => {
  linking = await openLinking([unclear('mobile', { emails: [], phones: ['0475 11 22 33'] })])
  const thief = verified({ ...LOTTE, phoneNumber: '+32 498000111', email: 'thief@example.org', phoneVerified: false })
  await linking.proveCustomer(thief, CONTEXT, { customerId: 'L-mobile', invoiceReference: 'INV-mobile/001' })
  await tellPeople().run()
  expect(await queued()).toEqual(['linked sms +32475112233 nl'])
})

test('reading the trail again, on any number of nodes, tells nobody twice', async () => {
  linking = await openLinking([lotteIn('mobile')])
  await linking.resolveLink(verified(LOTTE), CONTEXT)
  const [first, second] = [tellPeople(), tellPeople()]
  await Promise.all([first.run(), second.run(), first.run()])
  expect(await queued()).toHaveLength(2)
  for (const wait of [1000, MINUTE, 60 * MINUTE]) {
    linking.pass(wait)
    await second.run()
    await first.run()
  }
  linking.pass(2 * MINUTE)
  expect(await queued()).toHaveLength(2)
})

test('an event is not lost when the store is away for a moment', async () => {
  linking = await openLinking([lotteIn('mobile')])
  await linking.resolveLink(verified(LOTTE), CONTEXT)
  const { put } = linking.store.messages
  const messages = {
    put: async (...input: Parameters<typeof put>) => (failing ? Promise.reject('away') : put(...input)),
  }
  let failing = true
  const job = createTellPeople({
    ...linking.store,
    recipients: createRecipients({ ...linking.store, source: linking.source, channels: ['sms'], defaultLocale: 'nl' }),
    queueMessage: createQueueMessage({ messages, clock: linking.clock }),
    upstreamName: () => undefined,
    clock: linking.clock,
  })
  await expect(job.run()).rejects.toBe('away')
  linking.pass(MINUTE)
  await expect(job.run()).rejects.toBe('away')
  failing = false
  await job.run()
  expect(await queued()).toEqual(['linked sms +32470123456 nl'])
})

test('what is long past is no news, and a long trail is read to its end', async () => {
  linking = await openLinking([lotteIn('mobile'), lotteIn('tv')])
  await linking.resolveLink(verified(LOTTE), CONTEXT)
  linking.pass(25 * 60 * MINUTE)
  const event = { at: linking.clock(), type: 'proof.refused', data: {} }
  await linking.store.audit.append(Array.from({ length: 1200 }, () => event))
  await tellPeople().run()
  expect(await queued()).toEqual([])
  const data = { serviceLine: 'tv', customerId: 'L-tv', upstream: 'itsme' }
  await linking.store.audit.append([{ at: linking.clock(), type: 'link.created', accountId: 'account-1', data }])
  await tellPeople(['mail']).run()
  expect(await queued()).toEqual(['linked mail lotte.vdb@example.com nl'])
})

test('an account that was erased meanwhile is told nothing, and breaks nothing', async () => {
  linking = await openLinking([lotteIn('mobile', { emails: [], phones: [] })])
  await linking.resolveLink(verified(LOTTE), CONTEXT)
  await linking.store.accounts.erase({ id: 'account-1' as AccountId, erasedAt: linking.clock(), events: [] })
  await tellPeople().run()
  expect(await queued()).toEqual([])
})

test('of a record taken away, and of an identity that gave way to a new one, people are told, too', async () => {
  linking = await openLinking([lotteIn('tv')])
  await linking.resolveLink(verified(LOTTE), CONTEXT)
  const [at, accountId] = [linking.clock() + 1, 'account-1']
  const told = { change: 'c', kind: 'rebind', by: 'b', reason: 'r' }
  await linking.store.audit.append([
    { at, type: 'link.removed', accountId, data: { serviceLine: 'tv', customerId: 'L-tv', ...told } },
    { at, type: 'identity.removed', accountId, data: { issuer: 'i', client: 'c', ...told } },
    { at, type: 'identity.added', accountId, data: { issuer: 'i', client: 'c', ...told } },
    { at, type: 'identity.added', accountId, data: { issuer: 'i', client: 'c', ...told, kind: 'split' } },
  ])
  await tellPeople(['mail']).run()
  linking.pass(1)
  const mailed = ['linked', 'moved', 'unlinked'].map(name => `${name} mail lotte.vdb@example.com nl`)
  expect(await queued()).toEqual(mailed)
  await tellPeople(['sms']).run()
  expect((await queued()).map(line => line.split(' ')[0])).toEqual(['linked', 'moved', 'unlinked'])
})

test('of an old login that was bound are told the person and the contacts on file of all records', async () => {
  linking = await openLinking([lotteIn('mobile'), lotteIn('tv', { emails: ['old@example.net'] })])
  await linking.resolveLink(verified(LOTTE), CONTEXT)
  const [at, accountId] = [linking.clock() + 1, 'account-1']
  const data = { upstream: 'itsme', by: 'old-login', retiresAt: at + 30 * 24 * 60 * MINUTE }
  await linking.store.audit.append([{ at, type: 'identity.bound', accountId, data }])
  await tellPeople().run()
  linking.pass(1)
  expect((await queued()).filter(line => line.startsWith('login-bound'))).toEqual([
    'login-bound mail lotte.vdb@example.com nl',
    'login-bound mail old@example.net nl',
    'login-bound sms +32470123456 nl',
  ])
})

test('who would not be told any more after a change is told of it at the contacts of before, once', async () => {
  linking = await openLinking([lotteIn('tv')])
  await linking.resolveLink(verified(LOTTE), CONTEXT)
  const { store, source, clock } = linking
  const telling = {
    recipients: createRecipients({ ...store, source, channels: ['sms', 'mail'], defaultLocale: 'nl' }),
    queueMessage: createQueueMessage({ messages: store.messages, clock }),
    upstreamName: () => 'itsme',
  }
  const tell = await createPrepareTelling(telling)('account-1' as AccountId)
  await setClaims(store, 'account-1' as AccountId, () => ({ ...LOTTE, phoneNumber: '+32 498000111' }))
  await tell(clock(), 'i')
  const data = { issuer: 'i', client: 'c', change: 'c', kind: 'rebind', by: 'b', reason: 'r' }
  await store.audit.append([{ at: clock(), type: 'identity.added', accountId: 'account-1', data }])
  await tellPeople().run()
  expect((await queued()).filter(line => line.startsWith('moved'))).toEqual([
    'moved mail lotte.vdb@example.com nl',
    'moved sms +32470123456 nl',
    'moved sms +32498000111 nl',
  ])
})

test('of an erasure that was asked for everybody on file is told, and of a device its person alone', async () => {
  linking = await openLinking([lotteIn('mobile', { emails: ['old@example.net'] })])
  const resolution = await linking.resolveLink(verified(LOTTE), CONTEXT)
  const accountId = 'accountId' in resolution ? resolution.accountId : undefined
  await tellPeople().run()
  await queued()
  const dueAt = linking.clock() + 14 * 24 * 60 * MINUTE
  linking.pass(1000)
  const at = linking.clock()
  await linking.store.audit.append([
    { at, type: 'account.erasure-requested', ...(accountId && { accountId }), data: { dueAt } },
    { at, type: 'device.connected', ...(accountId && { accountId }), data: { app: 'TV', device: 'a TV' } },
  ])
  await tellPeople().run()
  expect(await queued()).toEqual([
    'device-connected sms +32470123456 nl',
    'erase-scheduled mail old@example.net nl',
    'erase-scheduled sms +32470123456 nl',
  ])
})
