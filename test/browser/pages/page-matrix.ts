import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import { mailAddress, NOTIFICATION_STATES } from '#src/pages/style/notification-states.ts'
import { stateAddress } from '#src/pages/style/page-state.ts'
import { PAGE_STATES } from '#src/pages/style/page-states.ts'

/** One state of a page or a mail, at its address on the style page. */
export type Entry = {
  readonly page: string
  readonly state: string
  readonly addressIn: (locale: Locale) => string
}

export const PAGE_ENTRIES: readonly Entry[] = PAGE_STATES.map(entry => ({
  page: entry.page,
  state: entry.state,
  addressIn: locale => stateAddress(entry, locale),
}))

export const MAIL_ENTRIES: readonly Entry[] = NOTIFICATION_STATES.map(entry => ({
  page: `mail-${entry.name}`,
  state: entry.state,
  addressIn: locale => mailAddress(entry, locale),
}))

/** How a page is looked at: `width` in CSS pixels, from the narrowest phone (WCAG 2.2, 1.4.10) to a desk. */
export type Look = {
  readonly locale: Locale
  readonly theme: 'light' | 'dark'
  readonly width: 320 | 1280
  readonly script: boolean
}

/** An orthogonal array: every pair of theme, width and script is in one of the four rows. */
const ROWS = [
  { theme: 'light', width: 320, script: true },
  { theme: 'light', width: 1280, script: false },
  { theme: 'dark', width: 320, script: false },
  { theme: 'dark', width: 1280, script: true },
] as const

/**
 * Four looks of the state number `index`, one in each language. Each state is in all rows, and languages take turns, so
 * that over the states every language is in every row too.
 */
export const pairwiseLooks = (index: number): Look[] =>
  LOCALES.map((locale, offset) => ({ locale, ...(ROWS[(index + offset) % ROWS.length] as (typeof ROWS)[number]) }))

/** Every combination: 32 looks. */
export const allLooks = (): Look[] =>
  LOCALES.flatMap(locale =>
    (['light', 'dark'] as const).flatMap(theme =>
      ([320, 1280] as const).flatMap(width => [true, false].map(script => ({ locale, theme, width, script }))),
    ),
  )

export const nameOf = ({ page, state }: Pick<Entry, 'page' | 'state'>): string => `${page}/${state}`

export const describeLook = ({ locale, theme, width, script }: Look): string =>
  `${locale} ${theme} ${width} px${script ? '' : ' without JavaScript'}`
