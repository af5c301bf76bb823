import { type PageState, pageState, SAMPLE } from './page-state.ts'

const { base, csrf } = SAMPLE

const PASSWORD = { action: `${base}/password`, csrf, username: '', connects: true, backUrl: base }
const PASSKEY = { action: `${base}/passkey`, csrf, options: {}, backUrl: base }
const CONNECT = { connectUrl: `${base}/retry`, cancelUrl: `${base}/cancel` }

/** The states of the pages of an old login. */
export const CREDENTIAL_STATES: readonly PageState[] = [
  pageState('password', 'default', PASSWORD),
  pageState('password', 'log-in-only', { ...PASSWORD, connects: false }),
  pageState('password', 'wrong', { ...PASSWORD, username: 'bruno.delhaye@mail.example', error: 'wrong' }),
  pageState('password', 'incomplete', { ...PASSWORD, error: 'incomplete' }),
  pageState('password', 'legacy-down', { ...PASSWORD, username: 'bruno.delhaye@mail.example', error: 'unavailable' }),
  pageState('passkey', 'default', PASSKEY),
  pageState('passkey', 'without-script', { ...PASSKEY, error: 'unsupported' }),
  pageState('passkey', 'wrong', { ...PASSKEY, error: 'wrong' }),
  pageState('password-locked', 'default', { backUrl: base, retryAt: Date.UTC(2026, 10, 22, 13, 35) }),
  pageState('connect', 'default', CONNECT),
  pageState('connect-invited', 'default', { ...CONNECT, action: `${base}/skip`, csrf }),
  pageState('connected', 'default', { continueUrl: base }),
  pageState('connected', 'old-login-goes-on', { continueUrl: base, retiresAt: Date.UTC(2026, 11, 1, 12) }),
]
