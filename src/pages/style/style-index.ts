import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import type { Notifications } from '#src/pages/notifications/create-notifications.ts'
import { mailAddress, type NotificationState } from './notification-states.ts'
import { type PageState, stateAddress } from './page-state.ts'

/** How wide the style page shows the pages. */
export type StyleWidth = 'phone' | 'desktop'

/** One page or mail in one state, language and theme. */
type Frame = { readonly locale: Locale; readonly theme: 'light' | 'dark'; readonly href: string }
type Entry = {
  readonly state: string
  readonly frames: readonly Frame[]
  readonly texts: readonly { readonly locale: Locale; readonly text: string }[]
}

/** What the style page is given: all states of what it shows, each in every language and theme. */
export type StyleIndex = {
  readonly width: StyleWidth
  /** All there is, shown or not. */
  readonly names: readonly string[]
  readonly pages: readonly { readonly page: string; readonly states: readonly Entry[] }[]
}

const framesOf = (addressOf: (locale: Locale) => string): Frame[] =>
  (['light', 'dark'] as const).flatMap(theme => LOCALES.map(locale => ({ locale, theme, href: addressOf(locale) })))

const grouped = <State>(states: readonly State[], nameOf: (state: State) => string, toEntry: (state: State) => Entry) =>
  [...new Set(states.map(nameOf))].map(page => ({
    page,
    states: states.filter(state => nameOf(state) === page).map(toEntry),
  }))

/** @param input.only shows this page alone; without it all are shown, in the order of the states */
export const styleIndex = (input: {
  pages: readonly PageState[]
  notifications: readonly NotificationState[]
  sms: Notifications['sms']
  width: StyleWidth
  only?: string | undefined
}): StyleIndex => {
  const { only, sms } = input
  const textsOf = ({ name, input: shown }: NotificationState) =>
    LOCALES.map(locale => ({ locale, text: sms(name, { ...shown, locale }) }))
  const groups = [
    ...grouped(
      input.pages,
      ({ page }) => page,
      entry => ({ state: entry.state, frames: framesOf(locale => stateAddress(entry, locale)), texts: [] }),
    ),
    ...grouped(
      input.notifications,
      ({ name }) => `mail and SMS ${name}`,
      entry => ({ state: entry.state, frames: framesOf(locale => mailAddress(entry, locale)), texts: textsOf(entry) }),
    ),
  ]
  return {
    width: input.width,
    names: groups.map(({ page }) => page),
    pages: groups.filter(({ page }) => only === undefined || page === only),
  }
}
