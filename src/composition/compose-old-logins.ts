import { createCheckPassword } from '#src/accounts/credentials/check-password.ts'
import { createForgetPassword } from '#src/accounts/credentials/forget-password.ts'
import { createMayStillLogIn } from '#src/accounts/credentials/is-login-active.ts'
import { createHttpVerifier } from '#src/accounts/credentials/verifier/http-verifier.ts'
import type { Config } from '#src/config/schema.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createBindLogin } from '#src/linking/bind-login.ts'
import type { Store } from '#src/store/ports/store.ts'

const DAY_MS = 24 * 3600 * 1000

/** Joins what the journey needs of logins from before the upstream. */
export const composeOldLogins = (deps: {
  config: Config
  store: Store
  source: CustomerSource
  clock: Clock
  logger: Logger
}) => {
  const { store, source, clock, logger } = deps
  const { acr, asProof, graceDays, verifier } = deps.config.oldLogin
  return {
    oldLogin: { acr, asProof },
    checkPassword: createCheckPassword({
      ...store,
      clock,
      ...(verifier !== undefined && { verifyElsewhere: createHttpVerifier({ config: verifier, clock, logger }) }),
    }),
    mayStillLogIn: createMayStillLogIn({ ...store, clock }),
    bindLogin: createBindLogin({
      ...store,
      source,
      clock,
      forgetLogin: createForgetPassword({ ...store, clock }),
      graceMs: graceDays * DAY_MS,
    }),
  }
}
