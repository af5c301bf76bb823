import { reasonOf } from '#src/kernel/reason-of.ts'
import type { Outgoing, SendOutcome, Transport } from './port.ts'

const TIMEOUT_MS = 10_000

/** Answers that pass: asked too early, too often, or too slowly (RFC 9110, 15.5; RFC 6585, 4). */
const PASSING = new Set([408, 425, 429])

const isRefusal = (status: number): boolean => status >= 400 && status < 500 && !PASSING.has(status)

const outcomeOf = (status: number): SendOutcome => {
  if (status >= 200 && status < 300) return { kind: 'sent' }
  // A wrong or expired token is our fault, not the message's.
  const isOurs = status === 401 || status === 403
  return { kind: isRefusal(status) && !isOurs ? 'refused' : 'failed', reason: `HTTP ${status}` }
}

/**
 * Posts each message as JSON (`to`, `text`; mails also `subject` and `html`) to a gateway. 2xx is sent; other 4xx than
 * 401, 403, 408, 425 and 429 is refused for good. `Idempotency-Key` is the same for every try of a message.
 */
export const createHttpGateway =
  (config: { url: string; token?: string | undefined }): Transport =>
  async ({ key, ...message }: Outgoing) => {
    const headers = {
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
      ...(config.token === undefined ? {} : { Authorization: `Bearer ${config.token}` }),
    }
    try {
      const response = await fetch(config.url, {
        method: 'POST',
        headers,
        body: JSON.stringify(message),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await response.body?.cancel()
      return outcomeOf(response.status)
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(error) }
    }
  }
