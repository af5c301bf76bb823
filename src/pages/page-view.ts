/** Icons in `views/partials/icons`. */
export type Icon =
  | 'check'
  | 'clock'
  | 'cookie'
  | 'devices'
  | 'door'
  | 'key'
  | 'lock'
  | 'pause'
  | 'person'
  | 'phone'
  | 'receipt'
  | 'share'
  | 'shield'
  | 'turn-back'
  | 'tv'
  | 'warning'

/** A link out of a page; `label` is a key whose words may name `{app}` and `{upstream}`. At most one per page is not `secondary`. */
export type Action = {
  readonly kind: 'primary' | 'secondary' | 'upstream'
  readonly href: string
  readonly label: string
}

/** A page that tells something and has nothing to fill in. */
export type NoticeContent = {
  readonly actions: readonly Action[]
  /** Whether only people can help on from here. */
  readonly contact?: boolean
  /** Whether something is going on meanwhile. */
  readonly busy?: boolean
  /** For developers, folded. */
  readonly developer?: { readonly code: string; readonly detail?: string }
  /** Clock time from which trying again makes sense, as it is shown. */
  readonly retryAt?: string | undefined
  /** The last day of what goes on for a while, as it is shown. */
  readonly until?: string
  /** Keys of what to do, one after the other. */
  readonly steps?: readonly string[]
  /** Where to go from here, by names that need no translation. */
  readonly links?: readonly { readonly name: string; readonly href: string }[]
}

/**
 * One line to type a number or a code into. Label and hint are under `<words>.label` and `<words>.hint`; `error` is the
 * key of its own message, `errorId` the element that says what is wrong, which may be another field's.
 */
export type Field = {
  readonly name: string
  readonly words: string
  readonly value: string
  readonly autocomplete: 'off' | 'one-time-code' | 'username' | 'current-password' | 'email'
  /** Hidden while it is typed. */
  readonly secret?: boolean
  /** Characters at most; 64 by default. */
  readonly maxlength?: number
  /** What phones make of what is typed; by default capitals, as in most numbers. */
  readonly autocapitalize?: 'none'
  /** Digits only: phones show their digits. */
  readonly numeric?: boolean
  /** `code` for a few big characters. */
  readonly look?: 'code'
  readonly error?: string | undefined
  readonly errorId?: string | undefined
}

/** What a template is given. The title is under `<words>.title`, the text under `<words>.body`. */
export type PageView<Template extends string = string, Content = object> = {
  readonly template: Template
  readonly icon: Icon
  readonly words: string
  /** Whether what was sent must be corrected: the title then begins with "Error:". */
  readonly invalid?: boolean
  readonly content: Content
}
