/** One message on its way out. `key` is the same for every try, so that a receiver can tell a repetition. */
export type Outgoing = {
  readonly key: string
  /** E.164 number or e-mail address. */
  readonly to: string
  readonly text: string
  /** Of mails. */
  readonly subject?: string
  readonly html?: string
}

/**
 * `refused`: this message will never be taken, so nobody tries again. `failed`: that may pass. `reason` is a code, free of
 * personal data and of what a server said.
 */
export type SendOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** A way out. It answers within half a minute and throws nothing. */
export type Transport = (message: Outgoing) => Promise<SendOutcome>
