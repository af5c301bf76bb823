import type { Clock } from '#src/kernel/runtime.ts'
import type { Outgoing, Transport } from './port.ts'

/** A message that would have been sent. */
export type Sent = Outgoing & { readonly channel: 'sms' | 'mail'; readonly at: number }

/** What would have been sent, newest first; only the last ones, and only in this process. */
export type Outbox = {
  transport(channel: Sent['channel']): Transport
  list(): readonly Sent[]
}

const MOST_KEPT = 100

/** An outbox for development: nothing leaves. */
export const createOutbox = (clock: Clock): Outbox => {
  const sent: Sent[] = []
  return {
    transport: channel => async message => {
      sent.unshift({ ...message, channel, at: clock() })
      sent.length = Math.min(sent.length, MOST_KEPT)
      return { kind: 'sent' }
    },
    list: () => sent,
  }
}
