import type { Locale } from '#src/kernel/identity.ts'
import type { NotificationModels, NotificationName } from '#src/pages/notifications/notification-models.ts'
import type { Channel } from './open-transports.ts'

/** Where somebody is reached, and in which language. */
export type Recipient = { readonly channel: Channel; readonly to: string; readonly locale: Locale }

/** A notification with what it must be told. */
export type Notice = {
  readonly [N in NotificationName]: { readonly name: N; readonly model: NotificationModels[N] }
}[NotificationName]

/** What the queue holds of a message. `upstream`: the name of the identity provider it speaks of. */
export type MessageContent = Notice & {
  readonly recipient: Recipient
  readonly accountId?: string
  readonly upstream?: string
  /** Goes nowhere: it is there so that nobody can tell from the work done whether one is sent. */
  readonly silent?: true
}
