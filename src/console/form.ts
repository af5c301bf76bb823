/** One thing to fill in or choose. */
export type Field = {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly kind?: 'text' | 'area' | 'select' | 'checks' | 'datetime-local' | 'number'
  readonly value?: string
  /** Of `select` and `checks`; `value` of what is checked is in `values`. */
  readonly options?: readonly { readonly value: string; readonly label: string; readonly hint?: string }[]
  readonly values?: readonly string[]
  readonly error?: string
  /** The part of a long form that it stands in, with the fields beside it that say the same. */
  readonly group?: string
}

/** A form. `hidden` goes with it, of a list each one; `tone` is that of its button. */
export type Form = {
  readonly kind: 'form'
  readonly title?: string
  readonly intro?: string
  readonly method: 'get' | 'post'
  readonly action: string
  readonly hidden: Readonly<Record<string, string | readonly string[]>>
  readonly fields: readonly Field[]
  readonly submit: string
  readonly tone?: 'primary' | 'secondary' | 'danger'
  /** Whether a file comes of it, and the page stays. */
  readonly file?: boolean
  /** Where somebody goes who thinks again. */
  readonly cancel?: string
  /** Whether it is the one that was sent, of all that stand on the page. */
  readonly sent?: boolean
}
