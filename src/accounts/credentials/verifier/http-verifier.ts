import { z } from 'zod'
import type { VerifyElsewhere } from '#src/accounts/credentials/check-password.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createAskSystem } from '#src/upstream/transport/ask-system.ts'
import type { VerifierConfig } from './config.ts'

const MAX_BYTES = 1000

/** All that it may say: anything else is no answer, for a guess here would let somebody in. */
const answerSchema = z.strictObject({ valid: z.boolean() })

const parse = (body: string): boolean | undefined => {
  try {
    return answerSchema.safeParse(JSON.parse(body)).data?.valid
  } catch {
    return undefined
  }
}

/**
 * The legacy system as the one that knows the passwords: posts `username` (in comparable form) and `password` as JSON, and
 * reads `{"valid": true}` or `{"valid": false}` of a 200. One try, in time; anything else is no answer. Nothing of what is
 * sent is logged, here or in an error.
 * @throws PiasError `config.*` as `createAskSystem`
 */
export const createHttpVerifier = (deps: { config: VerifierConfig; clock: Clock; logger: Logger }): VerifyElsewhere => {
  const { config, logger } = deps
  const ask = createAskSystem({
    ...deps,
    config: { ...config, maxBytes: MAX_BYTES },
    name: 'oldLogin.verifier',
    logged: { event: 'old_login_verifier' },
  })

  return (username, password) =>
    ask(JSON.stringify({ username, password }), parse).catch(error => {
      if (!(error instanceof PiasError)) throw error
      logger.warn({ event: 'old_login_verifier', code: error.code, detail: error.detail }, 'no answer about a password')
      return undefined
    })
}
