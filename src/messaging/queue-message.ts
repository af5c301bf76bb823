import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { MessagesPort } from '#src/store/ports/messages.ts'
import type { MessageContent } from './message-content.ts'

/** How long a notification is worth sending: after that somebody is told of what is long past. */
const NOTICE_MS = 24 * 3600 * 1000

/**
 * Puts one message in the queue, from where it is sent within a second.
 * @returns false when there was one for this event and address before
 */
export type QueueMessage = (input: {
  /** Names the event. With the address it is what nobody is told twice. */
  readonly event: string
  readonly content: MessageContent
  /** Milliseconds it is worth sending; a day by default. */
  readonly lifetimeMs?: number
}) => Promise<boolean>

/** @returns a {@link QueueMessage}, which throws PiasError `store.unavailable` */
export const createQueueMessage =
  (deps: { messages: Pick<MessagesPort, 'put'>; clock: Clock }): QueueMessage =>
  ({ event, content, lifetimeMs = NOTICE_MS }) => {
    const { channel, to } = content.recipient
    const now = deps.clock()
    const id = JSON.stringify([event, content.name, channel, to])
    return deps.messages.put({ id, content: content as unknown as Json, expiresAt: now + lifetimeMs }, now)
  }
