import type { Problem } from '#src/admin/api/problem.ts'
import type { Link, Page } from './blocks.ts'
import type { Streamed } from './told.ts'
import type { Visit } from './visit.ts'

/** Where the navigation leads, in its order. */
export const SECTIONS = [
  { text: 'Dashboard', href: '/' },
  { text: 'Apps', href: '/clients' },
  { text: 'People', href: '/people' },
  { text: 'Proposals', href: '/proposals' },
  { text: 'Reviews', href: '/reviews' },
  { text: 'Rules', href: '/rules' },
  { text: 'Audit', href: '/audit' },
  { text: 'Admins', href: '/admins' },
] as const satisfies readonly Link[]

/** A file that a browser keeps. */
export type Download = Streamed & { readonly name: string }

/** What comes of a form: the way to another page, a page, a file, or what stood in the way. */
export type Outcome =
  | { readonly to: string }
  | { readonly page: Page }
  | { readonly file: Download }
  | { readonly problem: Problem }

/** A page of the console with its forms. */
export type ConsolePage = {
  /** With parameters after colons. */
  readonly path: string
  readonly show: (visit: Visit) => Promise<Page>
  /** What forms do that are sent to the page, or under it by the end of their address; problems are shown on the page. */
  readonly acts?: Readonly<Record<string, (visit: Visit) => Promise<Outcome>>>
}

/** What comes of an act: on to a page, or the problem. */
export const thenTo = (outcome: { told: unknown } | { problem: Problem }, to: string): Outcome =>
  'problem' in outcome ? outcome : { to }

/** An address with a query; what is empty is left out. */
export const withQuery = (path: string, query: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
