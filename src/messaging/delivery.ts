import { hash } from 'node:crypto'
import type { Clock, Job, Json, Logger } from '#src/kernel/runtime.ts'
import type { Notifications } from '#src/pages/notifications/create-notifications.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { DueMessage, MessagesPort } from '#src/store/ports/messages.ts'
import type { AppMessage, MessageContent } from './message-content.ts'
import type { Transports } from './open-transports.ts'
import type { Outgoing, SendOutcome } from './transports/port.ts'

/** How often the queue is looked at: a code is on its way within a second. */
const LOOK_EVERY_MS = 500
/** After which an unfinished sending counts as lost with its node; more than a transport may take. */
const LEASE_MS = 60_000
const MOST_AT_ONCE = 50

const MINUTE_MS = 60_000
/** Waits before the second to the last try; what is of no use any more by then is given up sooner. */
const WAITS_MS = [5_000, 30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 4 * 60 * MINUTE_MS]

/** How long it is remembered that somebody was told: longer than anybody reads the audit trail again. */
const REMEMBERED_MS = 7 * 24 * 60 * MINUTE_MS

/** Sends one message to an app; the key is the same for every try. Answers within half a minute and throws nothing. */
export type SendToApp = (key: string, message: AppMessage) => Promise<SendOutcome>

type Content = MessageContent | AppMessage

const isForApp = (content: Content): content is AppMessage => content.recipient.channel === 'webhook'

/** Sends messages with every run of the job; `settled` waits for those on their way. */
export type Delivery = { readonly job: Job; settled(): Promise<void> }

/**
 * Sends what is due in the queue of messages, as every node does, each message from one node at a time. What fails is
 * tried again ever later; what is refused, or of no use any more, is given up with an audit event (`message.abandoned`).
 * A node that dies between sending and noting it lets the message be sent again, under the same key.
 */
export const createDelivery = (deps: {
  messages: MessagesPort
  transports: Transports
  sendToApp: SendToApp
  notifications: Notifications
  audit: Pick<AuditPort, 'append'>
  clock: Clock
  logger: Logger
}): Delivery => {
  const { messages, transports, sendToApp, notifications, audit, clock, logger } = deps
  const inFlight = new Set<Promise<void>>()

  const note = (type: string, content: Content, tries: number, more: { [name: string]: Json } = {}) => {
    const { name, recipient, accountId } = content
    const about = {
      ...(accountId !== undefined && { accountId }),
      ...(isForApp(content) && { clientId: recipient.to }),
    }
    return audit.append([{ at: clock(), type, ...about, data: { name, channel: recipient.channel, tries, ...more } }])
  }

  const keyOf = ({ id }: DueMessage): string => hash('sha256', id, 'base64url')

  const write = (due: DueMessage, content: MessageContent): Outgoing => {
    const { recipient, upstream, name, model } = content
    const input = { locale: recipient.locale, model, upstream }
    const key = keyOf(due)
    const words =
      recipient.channel === 'mail'
        ? notifications.mail(name, input as never)
        : { text: notifications.sms(name, input as never) }
    return { key, to: recipient.to, ...words }
  }

  const send = async (due: DueMessage, content: Content): Promise<SendOutcome> => {
    if (due.expiresAt <= clock()) return { kind: 'refused', reason: 'expired' }
    if (isForApp(content)) return sendToApp(keyOf(due), content)
    const transport = transports[content.recipient.channel]
    // The channel was taken from the configuration meanwhile.
    return transport === undefined ? { kind: 'refused', reason: 'no-transport' } : transport(write(due, content))
  }

  const conclude = async (due: DueMessage, content: Content, outcome: SendOutcome): Promise<void> => {
    const rememberUntil = clock() + REMEMBERED_MS
    if (outcome.kind === 'sent') {
      await Promise.all([messages.settle(due, rememberUntil), note('message.sent', content, due.tries)])
      return
    }
    const { reason } = outcome
    const { name, recipient } = content
    logger.warn({ notification: name, channel: recipient.channel, tries: due.tries, reason }, 'a message was not sent')
    const wait = outcome.kind === 'failed' ? WAITS_MS[due.tries - 1] : undefined
    const again = clock() + (wait ?? 0)
    if (wait !== undefined && again < due.expiresAt) {
      await messages.postpone(due, again)
      return
    }
    if (await messages.settle(due, rememberUntil)) await note('message.abandoned', content, due.tries, { reason })
  }

  const deliver = async (due: DueMessage): Promise<void> => {
    const content = due.content as unknown as Content
    if ('silent' in content && content.silent) {
      await messages.settle(due, clock() + REMEMBERED_MS)
      return
    }
    await conclude(due, content, await send(due, content))
  }

  /** A failure of ours leaves the message to its lease. */
  const deliverSafely = (due: DueMessage): Promise<void> =>
    deliver(due).catch(error => logger.error({ error: (error as Error).name }, 'sending a message failed'))

  const look = async (): Promise<void> => {
    await messages.forget(clock())
    const limit = MOST_AT_ONCE - inFlight.size
    if (limit <= 0) return
    // Not waited for: a slow gateway holds up nobody else's code.
    for (const due of await messages.takeDue({ now: clock(), leaseMs: LEASE_MS, limit })) {
      const delivery = deliverSafely(due).finally(() => inFlight.delete(delivery))
      inFlight.add(delivery)
    }
  }

  return {
    job: { name: 'message delivery', everyMs: LOOK_EVERY_MS, run: look },
    settled: async () => {
      await Promise.all(inFlight)
    },
  }
}
