import type { Form } from './form.ts'

/** A link by its words. */
export type Link = { readonly text: string; readonly href: string }

/** How something is to be seen; colour never says it alone. */
export type Tone = 'plain' | 'good' | 'warning' | 'bad'

/** A part of a line, 0 to 1000 from left to right: a bar beside its number. */
export type Bar = { readonly from: number; readonly width: number; readonly tone: Tone }

/** What stands in a cell or a fact. `code`: an id, to be copied and never translated. */
export type Cell = {
  readonly text: string
  readonly href?: string
  readonly code?: boolean
  /** As a small label. */
  readonly tag?: Tone
  /** Beside its words, or under them where there is no room. */
  readonly bar?: Bar
  /** Smaller, under it. */
  readonly hint?: string
}

/** A cell of text alone may be written as such. */
export type CellLike = Cell | string

/** How a series of a chart is to be seen; its name stands in the legend, and its numbers in a table beside. */
export type ChartLook = Tone | 'quiet'

/** Columns of a chart: parts on each other, of 0 to 1000 from the ground; `label` under it. */
export type ChartColumn = {
  readonly label: string
  readonly x: number
  readonly width: number
  readonly parts: readonly { readonly y: number; readonly height: number; readonly look: ChartLook }[]
}

/** Things with what they are, under each other. */
export type Facts = {
  readonly kind: 'facts'
  readonly title?: string
  readonly rows: readonly { readonly label: string; readonly cells: readonly CellLike[] }[]
}

/** A table. */
export type Table = {
  readonly kind: 'table'
  readonly title: string
  readonly intro?: string
  /** Those that hold numbers are read from the right. */
  readonly columns: readonly { readonly label: string; readonly number?: boolean }[]
  readonly rows: readonly (readonly CellLike[])[]
  /** What is said where there is nothing. */
  readonly empty: string
  readonly more?: Link
}

/** What is unfolded by whoever wants to see it; on paper it is. */
export type Fold = {
  readonly kind: 'fold'
  /** By which an address leads to it. */
  readonly id: string
  readonly title: string
  readonly hint?: string
  readonly open: boolean
  readonly blocks: readonly (Facts | Table)[]
}

/** What a page is made of, one under the other. */
export type Block =
  | { readonly kind: 'text'; readonly title?: string; readonly paragraphs: readonly string[] }
  | {
      readonly kind: 'notice'
      readonly tone: Tone
      readonly title: string
      /** Lines; those with an address lead to what they are about. */
      readonly text?: readonly (string | Link)[]
      readonly link?: Link
      /** To be copied. */
      readonly secret?: string
    }
  | Facts
  | Table
  | Fold
  | {
      readonly kind: 'chart'
      readonly title: string
      /** What is to be seen on it, in words. */
      readonly summary: string
      readonly series: readonly { readonly name: string; readonly look: ChartLook }[]
      readonly columns: readonly ChartColumn[]
    }
  | {
      readonly kind: 'figures'
      readonly figures: readonly { readonly label: string; readonly value: string; readonly hint?: string }[]
    }
  | {
      readonly kind: 'links'
      readonly title?: string
      readonly links: readonly (Link & { readonly hint?: string; readonly tone?: 'primary' })[]
    }
  | { readonly kind: 'code'; readonly title: string; readonly text: string; readonly hint?: string }
  | Form

/** A page: what it is about, then what it is made of. */
export type Page = {
  readonly title: string
  readonly lead?: string
  /** The section it belongs to, by its address, where the page's own does not begin with that. */
  readonly section?: string
  /** The way here, without the page itself. */
  readonly crumbs?: readonly Link[]
  readonly tabs?: readonly (Link & { readonly current: boolean })[]
  readonly blocks: readonly Block[]
}

/** A value as its JSON. */
export const json = (title: string, value: object, hint?: string): Block => ({
  kind: 'code',
  title,
  text: JSON.stringify(value, undefined, 2),
  ...(hint !== undefined && { hint }),
})
