import type { Config } from '#src/config/schema.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import { createDelivery, type Delivery, type SendToApp } from '#src/messaging/delivery.ts'
import { type Channel, openTransports } from '#src/messaging/open-transports.ts'
import { createQueueMessage, type QueueMessage } from '#src/messaging/queue-message.ts'
import { createRecipients } from '#src/messaging/recipients.ts'
import { createPrepareTelling } from '#src/messaging/tell-now.ts'
import { createTellPeople } from '#src/messaging/tell-people.ts'
import { createOutbox, type Outbox } from '#src/messaging/transports/outbox.ts'
import type { SendOutcome } from '#src/messaging/transports/port.ts'
import type { Notifications } from '#src/pages/notifications/create-notifications.ts'
import type { PageUpstream } from '#src/pages/view-models.ts'
import type { Store } from '#src/store/ports/store.ts'

/** Messages to people: what the journey queues with, and what a node does for them. */
export type MessageKit = {
  /** Channels that reach somebody. */
  readonly channels: readonly Channel[]
  readonly queueMessage: QueueMessage
  /** For a change that alters who would be told of it. */
  readonly prepareTelling: ReturnType<typeof createPrepareTelling>
  readonly outbox: Outbox
  /** On every node. */
  readonly delivery: Delivery
  /** On one node at a time. */
  readonly tellPeople: Job
}

/** Joins the queue of messages, the ways out and the audit trail. */
export const composeMessages = async (deps: {
  config: Config
  store: Store
  source: CustomerSource
  notifications: Notifications
  pageUpstreams: ReadonlyMap<string, PageUpstream>
  sendToApp: SendToApp
  /** Told of every message that was given to a way out. */
  countMessage: (channel: string, outcome: string) => void
  clock: Clock
  logger: Logger
}): Promise<MessageKit> => {
  const { config, store, source, notifications, pageUpstreams, sendToApp, clock, logger } = deps
  const outbox = createOutbox(clock)
  const development = config.environment === 'development'
  const host = new URL(config.issuer).hostname
  const opened = await openTransports(config.messages, { host, outbox, development })
  const counted =
    <Args extends unknown[]>(channel: string, send: (...args: Args) => Promise<SendOutcome>) =>
    async (...args: Args): Promise<SendOutcome> => {
      const outcome = await send(...args)
      deps.countMessage(channel, outcome.kind)
      return outcome
    }
  const transports = Object.fromEntries(
    Object.entries(opened).map(([channel, send]) => [channel, counted(channel, send)]),
  ) as typeof opened
  const channels = Object.keys(transports) as Channel[]
  if (channels.length === 0) logger.warn({ event: 'no_messages' }, 'nobody is told of new links: no SMS, no mail')
  const queueMessage = createQueueMessage({ messages: store.messages, clock })
  const { defaultLocale } = config.pages
  const telling = {
    recipients: createRecipients({ ...store, source, channels, defaultLocale }),
    queueMessage,
    upstreamName: (name: string) => {
      const found = Object.entries(config.upstreams).find(([id, { issuer }]) => id === name || issuer === name)
      return found && pageUpstreams.get(found[0])?.name
    },
  }
  return {
    channels,
    queueMessage,
    outbox,
    delivery: createDelivery({
      ...store,
      transports,
      sendToApp: counted('webhook', sendToApp),
      notifications,
      clock,
      logger,
    }),
    tellPeople: createTellPeople({ ...store, ...telling, clock }),
    prepareTelling: createPrepareTelling(telling),
  }
}
