import type { Locale } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { NotificationModels, NotificationName } from '#src/pages/notifications/notification-models.ts'
import type { Channel } from './open-transports.ts'

/** Where somebody is reached, and in which language. */
export type Recipient = { readonly channel: Channel; readonly to: string; readonly locale: Locale }

/** A notification with what it must be told. */
export type Notice = {
  readonly [N in NotificationName]: { readonly name: N; readonly model: NotificationModels[N] }
}[NotificationName]

/** What an app is to be told of an account, by its webhook: the claims of the event, which hold nothing personal. */
export type AppMessage = {
  readonly name: string
  readonly recipient: { readonly channel: 'webhook'; readonly to: string }
  readonly accountId: string
  readonly claims: { readonly [name: string]: Json }
}

/** What the queue holds of a message to a person. `upstream`: the name of the identity provider it speaks of. */
export type MessageContent = Notice & {
  readonly recipient: Recipient
  readonly accountId?: string
  readonly upstream?: string
  /** Goes nowhere: it is there so that nobody can tell from the work done whether one is sent. */
  readonly silent?: true
}
