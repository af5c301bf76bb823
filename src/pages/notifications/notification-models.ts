import type { Locale } from '#src/kernel/identity.ts'

/** Milliseconds since 1970. */
type Moment = number

/**
 * What each notification must be told. People are told of every new link, bind and removal, wherever it was done, so that
 * a theft does not stay unseen. Nothing of a customer record is in one.
 */
export type NotificationModels = {
  /** Proves a phone or an e-mail; `minutes` is how long it is valid. */
  code: { readonly code: string; readonly minutes: number }
  /** Customer records were linked to the person's identity. */
  linked: { readonly at: Moment }
  /** Customer records belong to the person's identity no longer. */
  unlinked: { readonly at: Moment }
  /** The login of a legacy account was bound; its password ends with the day `retiresOn` (`YYYY-MM-DD`). */
  'login-bound': { readonly at: Moment; readonly retiresOn?: string }
  /** The person's new identity at the same upstream took the place of the old one. */
  moved: { readonly at: Moment }
  'passkey-added': { readonly at: Moment }
  /** `way` is what gives no access any more, as the person knows it. */
  'way-removed': { readonly at: Moment; readonly way: string }
  /** A device such as a TV was let in (RFC 8628). */
  'device-connected': { readonly at: Moment; readonly device: string; readonly app: string }
  /** The account is erased after the day `on` (`YYYY-MM-DD`) unless the person comes back. */
  'erase-scheduled': { readonly at: Moment; readonly on: string }
}

export type NotificationName = keyof NotificationModels

/** All that one notification needs. `upstream`: the name of the identity provider it speaks of. */
export type NotificationInput<N extends NotificationName = NotificationName> = {
  readonly locale: Locale
  readonly model: NotificationModels[N]
  readonly upstream?: string | undefined
}

/** An e-mail in both forms that every client can read one of (RFC 2046, 5.1.4). */
export type Mail = { readonly subject: string; readonly text: string; readonly html: string }
