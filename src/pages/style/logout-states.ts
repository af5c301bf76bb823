import { type PageState, pageState, SAMPLE } from './page-state.ts'

const FORM = { action: '/session/end/confirm', xsrf: 'token' }
const NO_APP = { client: undefined, upstream: undefined }

/** The states of the pages around a logout, and of the library's form that only passes something on. */
export const LOGOUT_STATES: readonly PageState[] = [
  pageState('logout', 'default', { ...FORM, clientName: 'MyProximus' }),
  pageState('logout', 'several-apps', {
    ...FORM,
    clientName: 'MyProximus',
    apps: ['MyProximus', 'Pickx', 'Proximus+'],
  }),
  pageState('logout', 'app-unknown', FORM, NO_APP),
  pageState('logged-out', 'default', { appUrl: SAMPLE.appUrl, clientName: 'MyProximus' }),
  pageState('logged-out', 'app-unknown', {}, NO_APP),
  pageState('auto-submit', 'default', { action: '/style', fields: [{ name: 'xsrf', value: 'token' }] }, NO_APP),
]
