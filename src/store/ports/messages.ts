import type { Json } from '#src/kernel/runtime.ts'

/**
 * Something that is to be told somebody. `id` names the event and the address, so that nobody is told twice of one thing;
 * `content` is personal. Times are epoch milliseconds.
 */
export type Message = {
  readonly id: string
  readonly content: Json
  /** After this moment it is of no use any more. */
  readonly expiresAt: number
}

/** A message whose time has come; `tries` counts how often it was taken, this time included. */
export type DueMessage = Message & { readonly tries: number }

/** What its taker holds: worth nothing once somebody else has taken the message after the lease. */
export type MessageClaim = Pick<DueMessage, 'id' | 'tries'>

/** The queue of messages: what is in it will be sent or given up, whatever happens to a node meanwhile. */
export type MessagesPort = {
  /** Atomic: of any number of messages under one id one is taken in, as long as the id is remembered. @returns whether */
  put(message: Message, dueAt: number): Promise<boolean>
  /**
   * Takes what is due, the longest due first. Atomic: each goes to one of any number of parallel callers, and is due
   * again after the lease, should its taker die.
   */
  takeDue(input: { now: number; leaseMs: number; limit: number }): Promise<readonly DueMessage[]>
  /** Lets a message that was taken be due again. @returns false for a claim that is over */
  postpone(claim: MessageClaim, dueAt: number): Promise<boolean>
  /** Ends a message: its content is gone, its id is remembered until then. @returns false for a claim that is over */
  settle(claim: MessageClaim, rememberUntil: number): Promise<boolean>
  /** Forgets the ids that are remembered no longer. @returns how many */
  forget(now: number): Promise<number>
}
