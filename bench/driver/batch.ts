import type { HttpClient } from './http-client.ts'

/** What a batch of operations showed on the driver's side. */
export type Batch<Result> = { readonly results: readonly Result[]; readonly seconds: number }

const named =
  (persona: number) =>
  (cause: unknown): never => {
    throw new Error(`persona ${persona}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }

/**
 * Closed loop: `concurrency` browsers, each starting its next operation when the last one has ended.
 * The first failure ends the batch.
 */
export const runBatch = async <Result>(
  http: HttpClient,
  operation: (http: HttpClient, persona: number) => Promise<Result>,
  personas: readonly number[],
  concurrency: number,
): Promise<Batch<Result>> => {
  const waiting = [...personas]
  const results: Result[] = []
  const started = performance.now()
  const browser = async (): Promise<void> => {
    for (let persona = waiting.shift(); persona !== undefined; persona = waiting.shift()) {
      results.push(await operation(http, persona).catch(named(persona)))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, browser))
  return { results, seconds: (performance.now() - started) / 1000 }
}
