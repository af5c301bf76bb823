import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { VerifyElsewhere } from '#src/accounts/credentials/check-password.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createBoundedHttp } from '#src/upstream/transport/bounded-http.ts'
import { createCircuitBreaker } from '#src/upstream/transport/circuit-breaker.ts'
import { httpFetch } from '#src/upstream/transport/http-fetch.ts'
import type { VerifierConfig } from './config.ts'

const MAX_BYTES = 1000

/** All that it may say: anything else is no answer, for a guess here would let somebody in. */
const answerSchema = z.strictObject({ valid: z.boolean() })

const readToken = ({ token, tokenFile }: VerifierConfig): string => {
  if (token !== undefined) return token
  try {
    return readFileSync(tokenFile as string, 'utf8').trim()
  } catch (cause) {
    throw new PiasError('config.unreadable', `cannot read ${tokenFile} of oldLogin.verifier`, { cause })
  }
}

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
 * @throws PiasError `config.unreadable` when its token cannot be read
 */
export const createHttpVerifier = (deps: { config: VerifierConfig; clock: Clock; logger: Logger }): VerifyElsewhere => {
  const { config, clock, logger } = deps
  const authorization = `Bearer ${readToken(config)}`
  const send = createBoundedHttp({ fetch: httpFetch, callMs: config.deadlineMs })
  const breaker = createCircuitBreaker({
    clock,
    onChange: state => logger.warn({ event: 'old_login_verifier', breaker: state }, 'old login verifier'),
  })

  const ask = (username: string, password: string): Promise<boolean> =>
    breaker.run(async () => {
      const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' }
      const body = JSON.stringify({ username, password })
      const { status, body: text } = await send(config.url, { method: 'POST', headers, body }, MAX_BYTES)
      const valid = status === 200 ? parse(text) : undefined
      if (valid === undefined)
        throw new PiasError('upstream.unavailable', `the old login verifier answered ${status} with no answer`)
      return valid
    })

  return (username, password) =>
    ask(username, password).catch(error => {
      if (!(error instanceof PiasError)) throw error
      logger.warn({ event: 'old_login_verifier', code: error.code, detail: error.detail }, 'no answer about a password')
      return undefined
    })
}
