import type { Locale } from '#src/kernel/identity.ts'
import type { PageInput, PageName } from '#src/pages/view-models.ts'

/**
 * One state of one page: what differs in looks or words from the page's other states. `state` is part of an address and
 * of a picture's name: lower case and hyphens. All people are synthetic.
 */
export type PageState<P extends PageName = PageName> = {
  readonly page: P
  readonly state: string
  readonly input: Omit<PageInput<P>, 'locale' | 'languageLinks'>
}

/** The app that asks in most states. */
export const SAMPLE_CLIENT = { name: 'MyProximus', helpUrl: 'https://www.proximus.be/support' }

/** A mark such as an app may have: a green leaf. */
export const SAMPLE_LOGO =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 28 28'%3E%3Crect width='28' height='28' rx='7' fill='%2300695c'/%3E%3Cpath d='M8 20C8 11 13 8 21 8c0 8-4 12-11 12' fill='%23fff'/%3E%3C/svg%3E"

/** Addresses and secrets as a login has them. */
export const SAMPLE = {
  base: '/interaction/3h8sQz',
  csrf: 'token',
  appUrl: 'https://my.example/login',
} as const

const UPSTREAM = { name: 'itsme', button: 'itsme' } as const
const REFERENCE = 'q7Zk2mW9xT'

/** @param more replaces the sample app, the upstream or the reference; `client: undefined` for pages without an app */
export const pageState = <P extends PageName>(
  page: P,
  state: string,
  model: PageInput<P>['model'],
  more: Omit<PageState<P>['input'], 'model'> = {},
): PageState<P> => ({
  page,
  state,
  input: { model, client: SAMPLE_CLIENT, upstream: UPSTREAM, reference: REFERENCE, ...more },
})

/** The address of a state on the style page, in a language. */
export const stateAddress = ({ page, state }: Pick<PageState, 'page' | 'state'>, locale: Locale): string =>
  `/style/${page}/${state}?lang=${locale}`
