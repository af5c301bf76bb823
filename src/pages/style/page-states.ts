import { ACCOUNT_STATES } from './account-states.ts'
import { CREDENTIAL_STATES } from './credential-states.ts'
import { DEVICE_STATES } from './device-states.ts'
import { LOGIN_STATES } from './login-states.ts'
import { LOGOUT_STATES } from './logout-states.ts'
import { NOTICE_STATES } from './notice-states.ts'
import type { PageState } from './page-state.ts'

/**
 * Every page in every state that looks or reads differently: what the style page shows, and what the checks and the
 * pictures of `docs/pages` walk. A page that is missing here fails `test/pages/style-page.test.ts`.
 */
export const PAGE_STATES: readonly PageState[] = [
  ...LOGIN_STATES,
  ...CREDENTIAL_STATES,
  ...DEVICE_STATES,
  ...NOTICE_STATES,
  ...LOGOUT_STATES,
  ...ACCOUNT_STATES,
]
