import { type PageState, pageState, SAMPLE } from './page-state.ts'

const { base, appUrl } = SAMPLE

const RETRY = { retryUrl: `${base}/retry`, cancelUrl: `${base}/cancel` }
const NO_APP = { client: undefined, upstream: undefined }

/** 14:35 in Belgium on a winter's day. */
const RETRY_AT = Date.UTC(2026, 0, 15, 13, 35)

const APPS = ['MyProximus', 'Proximus+', 'Pickx'].map(name => ({ name, href: appUrl }))

/** The states of the pages that only tell something: trouble, waiting, the end. */
export const NOTICE_STATES: readonly PageState[] = [
  pageState('proof-locked', 'default', { newUrl: `${base}/new`, cancelUrl: `${base}/cancel`, retryAt: RETRY_AT }),
  pageState('proof-locked', 'no-way-on', {}),
  pageState('linked-elsewhere', 'default', { cancelUrl: `${base}/cancel` }),
  pageState(
    'linked-elsewhere',
    'on-the-account',
    { accountUrl: '/account' },
    { client: undefined, upstream: undefined },
  ),
  pageState('refused', 'default', { cancelUrl: `${base}/cancel` }),
  pageState('not-offered', 'default', { cancelUrl: `${base}/cancel` }),
  pageState('upstream-away', 'default', RETRY),
  pageState('upstream-denied', 'default', RETRY),
  pageState('upstream-denied', 'at-another-upstream', RETRY, {
    upstream: { name: 'Partner Wallet', button: 'plain' },
  }),
  pageState('upstream-expired', 'default', RETRY),
  pageState('upstream-unavailable', 'default', RETRY),
  pageState('upstream-invalid', 'default', RETRY),
  pageState('wait', 'default', { checkUrl: base }),
  pageState('elsewhere', 'default', {}),
  pageState('elsewhere', 'app-known', { appUrl }),
  pageState('expired', 'default', { appUrl }),
  pageState('expired', 'app-unknown', {}, NO_APP),
  pageState('finished', 'default', { appUrl }),
  pageState('cookies-blocked', 'default', { appUrl }),
  pageState('cookies-blocked', 'app-unknown', {}, NO_APP),
  pageState('no-login', 'apps', { apps: APPS }, NO_APP),
  pageState('no-login', 'one-app', { apps: APPS.slice(0, 1) }, NO_APP),
  pageState('error', 'server-failed', { code: 'server.failed', retryUrl: base, appUrl }),
  pageState('error', 'overloaded', { code: 'server.overloaded', retryUrl: base }),
  pageState('error', 'too-many', { code: 'request.too_many', retryAt: RETRY_AT, appUrl }),
  pageState('error', 'bad-request-of-an-app', {
    code: 'oidc.request',
    detail: 'redirect_uri did not match any of the registered addresses',
    appUrl,
  }),
  pageState('error', 'no-session', { code: 'oidc.session' }, NO_APP),
  pageState('error', 'not-found', { code: 'page.not_found' }, NO_APP),
  pageState('error', 'unknown-code', { code: 'something.new' }, NO_APP),
]
