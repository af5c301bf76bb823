/** Icons in `views/partials/icons`. */
export type Icon =
  | 'check'
  | 'clock'
  | 'devices'
  | 'door'
  | 'lock'
  | 'pause'
  | 'person'
  | 'receipt'
  | 'shield'
  | 'turn-back'
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
}

/** What a template is given. The title is under `<words>.title`, the text under `<words>.body`. */
export type PageView<Template extends string = string, Content = object> = {
  readonly template: Template
  readonly icon: Icon
  readonly words: string
  /** Whether what was sent must be corrected: the title then begins with "Error:". */
  readonly invalid?: boolean
  /** Whether it has a form, whose double submission the script prevents. */
  readonly form?: boolean
  readonly content: Content
}
