import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import { type PageState, stateAddress } from './page-state.ts'

/** How wide the style page shows the pages. */
export type StyleWidth = 'phone' | 'desktop'

/** One page in one state, language and theme. */
type Frame = { readonly locale: Locale; readonly theme: 'light' | 'dark'; readonly href: string }

/** What the style page is given: all states of the pages it shows, each in every language and theme. */
export type StyleIndex = {
  readonly width: StyleWidth
  readonly pages: readonly {
    readonly page: string
    readonly states: readonly { readonly state: string; readonly frames: readonly Frame[] }[]
  }[]
}

const framesOf = (entry: PageState): Frame[] =>
  (['light', 'dark'] as const).flatMap(theme =>
    LOCALES.map(locale => ({ locale, theme, href: stateAddress(entry, locale) })),
  )

/** @param only shows this page alone; without it all are shown, in the order of the states */
export const styleIndex = (entries: readonly PageState[], width: StyleWidth, only?: string): StyleIndex => {
  const names = [...new Set(entries.map(({ page }) => page))].filter(page => only === undefined || page === only)
  const statesOf = (page: string) => entries.filter(entry => entry.page === page)
  return {
    width,
    pages: names.map(page => ({
      page,
      states: statesOf(page).map(entry => ({ state: entry.state, frames: framesOf(entry) })),
    })),
  }
}
