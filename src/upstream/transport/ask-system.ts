import { readFileSync } from 'node:fs'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createBoundedHttp } from './bounded-http.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { httpFetch } from './http-fetch.ts'
import { type Tokens, tokenSchema } from './system-config.ts'

type SystemConfig = Tokens & { readonly url: string; readonly deadlineMs: number; readonly maxBytes: number }

const readTokenFile = (file: string, name: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new PiasError('config.unreadable', `cannot read ${file} of ${name}`, { cause })
  }
}

/** An empty file, or one that holds something else, is found at the start and not at the first question. */
const readToken = ({ token, tokenFile = '' }: Tokens, name: string): string => {
  if (token !== undefined) return token
  const parsed = tokenSchema.safeParse(readTokenFile(tokenFile, name))
  if (parsed.success) return parsed.data
  // The reason alone: zod's error holds no value, and nothing of the file may get into a log.
  const reasons = parsed.error.issues.map(({ message }) => message).join(', ')
  throw new PiasError('config.invalid', `the token in ${tokenFile} of ${name} ${reasons}`)
}

/** Asks one question, as JSON, and reads the answer of a 200; `read` gives undefined for what is none. */
export type AskSystem = <Answer>(question: string, read: (body: string) => Answer | undefined) => Promise<Answer>

/**
 * A system of the company's own, asked by POST: one question, no second try, within its time and size; left alone for a
 * while once it fails (`circuit-breaker.ts`). Nothing of a question or an answer is logged or stands in an error.
 * @param deps.name what the configuration calls it
 * @param deps.logged how its breaker is logged
 * @throws PiasError `config.unreadable` when the file of its token cannot be read, `config.invalid` when there is no token
 *   in it; `upstream.*` from the call when there is no answer that can be read
 */
export const createAskSystem = (deps: {
  readonly config: SystemConfig
  readonly name: string
  readonly logged: object
  readonly clock: Clock
  readonly logger: Logger
}): AskSystem => {
  const { config, name, logged, clock, logger } = deps
  const authorization = `Bearer ${readToken(config, name)}`
  const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' }
  const send = createBoundedHttp({ fetch: httpFetch, callMs: config.deadlineMs })
  const breaker = createCircuitBreaker({
    clock,
    onChange: state => logger.warn({ ...logged, breaker: state }, name),
  })
  return (question, read) =>
    breaker.run(async () => {
      const { status, body } = await send(config.url, { method: 'POST', headers, body: question }, config.maxBytes)
      const answer = status === 200 ? read(body) : undefined
      if (answer === undefined) throw new PiasError('upstream.invalid_response', `${name} answered ${status}`)
      return answer
    })
}
