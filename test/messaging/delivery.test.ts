import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDelivery } from '#src/messaging/delivery.ts'
import type { MessageContent } from '#src/messaging/message-content.ts'
import { createQueueMessage } from '#src/messaging/queue-message.ts'
import { createHttpGateway } from '#src/messaging/transports/http-gateway.ts'
import { createNotifications } from '#src/pages/notifications/create-notifications.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { VIEWS_DIR } from '#test/pages/support.ts'
import { type Gateway, startGateway } from './receivers.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let dir: string
let store: Store
let gateway: Gateway
let now: number
const clock = () => now
const logged: object[] = []
const log = (fields: object) => logged.push(fields)
const logger = { debug: log, info: log, warn: log, error: log }

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pias-delivery-'))
  now = Date.UTC(2026, 10, 22, 12)
  store = await openSqliteStore({ dataDir: dir, clock })
  gateway = await startGateway()
})
afterEach(async () => {
  await gateway.close()
  await store.close()
  await rm(dir, { recursive: true })
})

const notifications = createNotifications({ viewsDir: VIEWS_DIR, host: 'id.example' })

/** Of apps there are none here: test/flows/app-events.test.ts. */
const sendToApp = async () => ({ kind: 'refused', reason: 'no-app' }) as const

const newNode = (sms = createHttpGateway({ url: gateway.url })) => {
  const delivery = createDelivery({ ...store, transports: { sms }, sendToApp, notifications, clock, logger })
  return async () => {
    await delivery.job.run()
    await delivery.settled()
  }
}

const content = (more: Partial<MessageContent> = {}): MessageContent =>
  ({
    name: 'linked',
    model: { at: now },
    recipient: { channel: 'sms', to: '+32470123456', locale: 'en' },
    accountId: 'account-1',
    upstream: 'itsme',
    ...more,
  }) as MessageContent

const queue = (event: string, more: Partial<MessageContent> = {}, lifetimeMs?: number) =>
  createQueueMessage({ messages: store.messages, clock })({
    event,
    content: content(more),
    ...(lifetimeMs !== undefined && { lifetimeMs }),
  })

const events = async () => (await store.audit.list({ after: 0, limit: 1000 })).map(({ type, data }) => [type, data])

test('a message is sent once, in its words, and that it was is in the audit', async () => {
  const run = newNode()
  expect(await queue('e1')).toBe(true)
  expect(await queue('e1')).toBe(false)
  await run()
  await run()
  expect(gateway.requests.map(({ body }) => body)).toEqual([
    { to: '+32470123456', text: expect.stringContaining('your customer details are now connected with itsme.') },
  ])
  expect(await events()).toEqual([['message.sent', { name: 'linked', channel: 'sms', tries: 1 }]])
  expect(await queue('e1')).toBe(false)
  expect(JSON.stringify(logged)).not.toContain('470123456')
})

test('two nodes send each message once', async () => {
  for (let at = 0; at < 20; at++) await queue(`e${at}`)
  await Promise.all([newNode()(), newNode()()])
  expect(gateway.requests).toHaveLength(20)
  expect(new Set(gateway.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(20)
})

test('what fails is tried again, ever later, under the same key, until it is sent', async () => {
  const run = newNode()
  gateway.answer = 503
  await queue('e1')
  for (const wait of [0, 5_000, 30_000, 2 * MINUTE]) {
    now += wait - 1
    await run()
    now += 1
    await run()
  }
  expect(gateway.requests).toHaveLength(4)
  gateway.answer = 202
  now += 10 * MINUTE
  await run()
  expect(new Set(gateway.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(await events()).toEqual([['message.sent', { name: 'linked', channel: 'sms', tries: 5 }]])
})

test('what never succeeds is given up within a day, and the audit says so', async () => {
  const run = newNode()
  gateway.answer = 503
  await queue('e1')
  for (let hour = 0; hour < 24; hour++) {
    await run()
    now += HOUR
  }
  const tries = gateway.requests.length
  await run()
  now += 24 * HOUR
  await run()
  expect(gateway.requests).toHaveLength(tries)
  expect(await events()).toEqual([['message.abandoned', { name: 'linked', channel: 'sms', tries, reason: 'HTTP 503' }]])
})

test('what is refused is given up at once', async () => {
  gateway.answer = 400
  await queue('e1')
  await newNode()()
  expect(await events()).toEqual([
    ['message.abandoned', { name: 'linked', channel: 'sms', tries: 1, reason: 'HTTP 400' }],
  ])
})

test('a code that is no longer valid is not sent', async () => {
  const run = newNode()
  gateway.answer = 503
  await queue('e1', { name: 'code', model: { code: '482913', minutes: 10 } } as never, 10 * MINUTE)
  await run()
  now += 10 * MINUTE
  gateway.answer = 202
  await run()
  expect(gateway.requests).toHaveLength(1)
  expect((await events())[0]?.[1]).toMatchObject({ reason: 'expired' })
})

test('a message of a node that died goes out from another, under the same key', async () => {
  const dying = newNode(() => new Promise(() => undefined))
  await queue('e1')
  void dying()
  const other = newNode()
  await other()
  expect(gateway.requests).toHaveLength(0)
  now += 61_000
  await other()
  expect(gateway.requests).toHaveLength(1)
})

test('a silent message costs the same and goes nowhere', async () => {
  const run = newNode()
  await queue('e1', { silent: true })
  await run()
  now += HOUR
  await run()
  expect([gateway.requests, await events()]).toEqual([[], []])
})

test('a channel that was taken away is given up', async () => {
  await queue('e1', { recipient: { channel: 'mail', to: 'lotte@mail.example', locale: 'nl' } })
  await newNode()()
  expect((await events())[0]?.[1]).toMatchObject({ channel: 'mail', reason: 'no-transport' })
})
