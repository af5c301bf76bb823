import type { HttpClient } from './http-client.ts'
import type { Login } from './login.ts'

/** What a batch of logins showed on the driver's side. */
export type Batch = { readonly logins: readonly Login[]; readonly seconds: number }

const named =
  (persona: number) =>
  (cause: unknown): never => {
    throw new Error(`persona ${persona}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }

/**
 * Closed loop: `concurrency` browsers, each starting its next login when the last one has ended.
 * The first failure ends the batch.
 */
export const runBatch = async (
  http: HttpClient,
  login: (http: HttpClient, persona: number) => Promise<Login>,
  personas: readonly number[],
  concurrency: number,
): Promise<Batch> => {
  const waiting = [...personas]
  const logins: Login[] = []
  const started = performance.now()
  const browser = async (): Promise<void> => {
    for (let persona = waiting.shift(); persona !== undefined; persona = waiting.shift()) {
      logins.push(await login(http, persona).catch(named(persona)))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, browser))
  return { logins, seconds: (performance.now() - started) / 1000 }
}
