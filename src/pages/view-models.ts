import type { Role, ServiceLine } from '#src/kernel/customer.ts'
import type { Locale } from '#src/kernel/identity.ts'
import type { Fact, UncertainModels } from './uncertain-models.ts'

/** What an app may be given, in the order a consent shows it; each has words under `consent.data.<name>`. */
export const CONSENT_DATA = ['profile', 'email', 'phone', 'address', 'customer', 'health', 'api', 'offline'] as const

/**
 * One thing an app asks for: `values` are what it would be given now, as they are shown; `added` marks what it asks
 * beyond an earlier consent.
 */
export type ConsentDatum = {
  readonly data: (typeof CONSENT_DATA)[number]
  readonly values: readonly string[]
  readonly added?: boolean
}

/** A device that waits for its person, as far as it said and as far as its address tells. */
export type PageDevice = { readonly name?: string; readonly place?: string }

/** A way to log in, and where it begins. */
export type PageWay = { readonly method: 'upstream' | 'password' | 'passkey'; readonly href: string }

/** Events that a person reads about; each has words under `activity.<type>`. The others are for those who run PIAS. */
export const ACTIVITIES = [
  'account.opened',
  'link.created',
  'consent.given',
  'consent.withdrawn',
  'account.login-ended',
  'account.logins-ended',
  'passkey.added',
  'passkey.removed',
  'account.exported',
  'account.erasure-requested',
  'account.erasure-withdrawn',
] as const
export type Activity = (typeof ACTIVITIES)[number]

/** What each page must be told. All URLs are addresses of PIAS or of registered apps: pages do not check them. */
export type PageModels = UncertainModels & {
  /**
   * How to log in: `ways` by what the app's policy wants most, at least one. `opensAccounts`: by the upstream somebody may
   * open an account, too. `lastMethod` is how this browser did it last; `trouble` says what happened at the upstream a
   * moment ago.
   */
  'choose-method': {
    readonly ways: readonly PageWay[]
    readonly opensAccounts: boolean
    readonly lastMethod?: PageWay['method']
    readonly trouble?: 'denied' | 'expired' | 'unavailable' | 'invalid_response'
    readonly cancelUrl: string
  }
  /** The app's policy leaves this person no way to log in today. */
  'not-offered': { readonly cancelUrl: string }
  /**
   * The login from before: posts `csrf`, `username` and `password`. `wrong` says nothing of what is wrong; `unavailable`
   * that the system which knows does not answer. `connects`: the upstream takes its place afterwards.
   */
  password: {
    readonly action: string
    readonly csrf: string
    readonly username: string
    readonly connects: boolean
    readonly error?: 'wrong' | 'incomplete' | 'unavailable'
    readonly backUrl: string
  }
  /**
   * A passkey: posts `csrf` and `credential`, what the browser's script made of `options` (WebAuthn, request options as
   * JSON). `wrong` says nothing of what is wrong; `unsupported`: no script ran.
   */
  passkey: {
    readonly action: string
    readonly csrf: string
    readonly options: object
    readonly error?: 'wrong' | 'unsupported'
    readonly backUrl: string
  }
  /** Too many tries at passwords; `retryAt` is when there are tries again, in milliseconds since 1970. */
  'password-locked': { readonly backUrl: string; readonly retryAt?: number }
  /** The old password was right: now the upstream. */
  connect: { readonly connectUrl: string; readonly cancelUrl: string }
  /** The same as an invitation: posts `csrf` to go on without. */
  'connect-invited': {
    readonly connectUrl: string
    readonly action: string
    readonly csrf: string
    readonly cancelUrl: string
  }
  /** The upstream has taken the place of the old login, which works until `retiresAt` (milliseconds since 1970), if at all. */
  connected: { readonly continueUrl: string; readonly retiresAt?: number }
  /** A call is in progress while somebody logs in, a sign of fraud; the form posts `csrf` to go on. */
  'call-warning': { readonly action: string; readonly csrf: string; readonly cancelUrl: string }
  /** Too many tries to prove it; `retryAt` is when there are tries again, in milliseconds since 1970. */
  'proof-locked': { readonly newUrl?: string; readonly cancelUrl?: string; readonly retryAt?: number }
  /** What was proved belongs to another account. */
  'linked-elsewhere': { readonly cancelUrl?: string; readonly accountUrl?: string }
  /** PIAS will not log this person in (blocked, suspected fraud). Says never why: people help on. */
  refused: { readonly cancelUrl?: string }
  /**
   * To the upstream by its app: `openUrl` on this device, or `qrText` on a phone beside it. Shown only where there is no
   * redirect (CIBA). `checkUrl` looks whether it is done; `slow` says that it takes longer than usual.
   */
  'upstream-handoff': {
    readonly openUrl: string
    readonly qrText?: string
    readonly checkUrl: string
    readonly cancelUrl: string
    readonly slow?: boolean
  }
  /** Sent upstream and not back yet in this browser; `retryUrl` begins a new leg. */
  'upstream-away': { readonly retryUrl: string; readonly cancelUrl: string }
  /** Cancelled or refused upstream; `retryUrl` begins a new leg. */
  'upstream-denied': { readonly retryUrl: string; readonly cancelUrl: string }
  /** The upstream's confirmation came too late, or was used before; `retryUrl` begins a new leg. */
  'upstream-expired': { readonly retryUrl: string; readonly cancelUrl: string }
  /** The upstream does not answer; the login is kept. */
  'upstream-unavailable': { readonly retryUrl: string; readonly cancelUrl?: string }
  /** The upstream answered something we may not trust. */
  'upstream-invalid': { readonly retryUrl: string; readonly cancelUrl?: string }
  /** The login is being completed by another request; `checkUrl` looks again. */
  wait: { readonly checkUrl: string }
  /** Came back from the upstream in another browser than the one that began. */
  elsewhere: { readonly appUrl?: string }
  /** Took too long. `appUrl` is the app's `initiate_login_uri`. */
  expired: { readonly appUrl?: string }
  /** This login was finished before (back button, second tab). */
  finished: { readonly appUrl?: string }
  /** The browser keeps no cookies for PIAS. */
  'cookies-blocked': { readonly appUrl?: string }
  /** Somebody came without an app's request; `apps` are those where a login can begin, at least one. */
  'no-login': { readonly apps: readonly { readonly name: string; readonly href: string }[] }
  /**
   * Everything else: words by `errors.<code>`, those of `server.failed` for codes without words. `detail` is for the
   * developer of an app: shown folded, never translated. `retryAt`: when to try again, in milliseconds since 1970.
   */
  error: {
    readonly code: string
    readonly detail?: string
    readonly retryUrl?: string
    readonly retryAt?: number
    readonly appUrl?: string
  }
  /**
   * What an app gets, in words and with its values: posts `csrf` and `decision=allow` or `decision=refuse`. `until` is
   * the last day of it as `YYYY-MM-DD`; without it the consent holds until it is revoked. `thirdParty`: the app is not of
   * the house.
   */
  consent: {
    readonly action: string
    readonly csrf: string
    readonly data: readonly ConsentDatum[]
    readonly until?: string
    readonly thirdParty?: boolean
    readonly policyUrl?: string
    readonly termsUrl?: string
  }
  /**
   * The code that a TV shows (RFC 8628, 3.3): posts `xsrf` and `user_code`. `userCode` is what was typed, or what the QR
   * brought.
   */
  'device-code': {
    readonly action: string
    readonly xsrf: string
    readonly userCode?: string
    readonly error?: 'missing' | 'wrong' | 'expired' | 'used'
  }
  /**
   * Asks whether this very TV is meant, with its code again as it shows it: posts `xsrf` and `user_code` with
   * `confirm=yes` or `abort=yes`. `signedInAs` names the person that is logged in already.
   */
  'device-confirm': {
    readonly action: string
    readonly xsrf: string
    readonly userCode: string
    readonly device: PageDevice
    readonly signedInAs?: string
  }
  /** The TV goes on by itself, or not. */
  'device-done': { readonly outcome: 'connected' | 'refused' }
  /** A form of the library's that submits itself; without JavaScript by its one button. */
  'auto-submit': {
    readonly action: string
    readonly fields: readonly { readonly name: string; readonly value: string }[]
  }
  /**
   * RP-initiated logout asks: posts `xsrf`, and `logout=yes` for yes. `apps` are the names of the apps of this session,
   * which all end.
   */
  logout: {
    readonly action: string
    readonly xsrf: string
    readonly clientName?: string
    readonly apps?: readonly string[]
  }
  /**
   * The account's home: where its person is logged in and what apps may have, each with a form that ends it (`csrf`, and
   * `login` or `client`). Moments are milliseconds since 1970; `eraseAt` is when the account will be erased.
   */
  account: {
    readonly csrf: string
    readonly name?: string
    readonly eraseAt?: number
    readonly logins: readonly {
      readonly id: string
      readonly device?: string
      readonly since: number
      readonly apps: readonly string[]
      readonly current: boolean
    }[]
    readonly consents: readonly { readonly clientId: string; readonly name: string; readonly since: number }[]
    readonly activity: readonly { readonly what: Activity; readonly at: number; readonly app?: string }[]
    /** That there are records to connect which a proof has brought, on `account-records`. */
    readonly offers?: boolean
  }
  /**
   * What a proof has brought and the person put off: posts `csrf` and `record`, the keys of those chosen. Without records:
   * what was put off does not hold any more.
   */
  'account-records': { readonly csrf: string; readonly records: PageModels['found']['records'] }
  /**
   * The ways into the account: upstreams by name, the old password (until `retiresAt`, if that is known), and passkeys,
   * each with a form that removes it (`csrf`, `passkey`), and one that adds another (`csrf`, `challenge`, and `credential`
   * as the script made it of `options`): `full` where there are as many as there may be, absent where the login does not allow it.
   */
  'account-ways': {
    readonly csrf: string
    readonly upstreams: readonly string[]
    readonly password?: { readonly retiresAt?: number }
    readonly passkeys: readonly {
      readonly id: string
      readonly device?: string
      readonly createdAt: number
      readonly usedAt?: number
    }[]
    readonly add?: { readonly challenge: string; readonly options: object } | 'full'
    readonly error?: 'refused' | 'unsupported'
  }
  /** What PIAS holds of the person: to read, to take along (posts `csrf`), and the way to erasing it. */
  'account-data': {
    readonly csrf: string
    readonly facts: readonly Fact[]
    readonly records: readonly {
      readonly serviceLine: ServiceLine
      readonly customerId: string
      readonly role?: Role
    }[]
    readonly eraseAt?: number
  }
  /** Asks whether the account is to be erased: posts `csrf`. */
  'account-erase': { readonly csrf: string }
  /** After logout. */
  'logged-out': { readonly appUrl?: string; readonly clientName?: string }
}

export type PageName = keyof PageModels

/** The app that asks for this login, as far as a page shows it. */
export type PageClient = {
  readonly name: string
  /** An image of PIAS's own origin (the policy allows no other). */
  readonly logoUrl?: string
  /** `#rrggbb`; a colour that cannot be read on white is not used. */
  readonly accent?: string
  readonly helpUrl?: string
}

/** The identity provider of a login as its pages name it; `button` is in which dress its button goes. */
export type PageUpstream = { readonly name: string; readonly button: 'itsme' | 'plain' }

/** All that one rendering needs. `languageLinks`: this very page in each language; without it there is no switcher. */
export type PageInput<P extends PageName = PageName> = {
  readonly locale: Locale
  readonly model: PageModels[P]
  readonly client?: PageClient | undefined
  /** Absent on pages that belong to no login. */
  readonly upstream?: PageUpstream | undefined
  readonly languageLinks?: Readonly<Record<Locale, string>> | undefined
  readonly reference?: string | undefined
}
