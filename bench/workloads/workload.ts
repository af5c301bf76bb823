import type { HttpClient } from '#bench/driver/http-client.ts'
import type { Operation } from '#bench/driver/login.ts'

/** One kind of operation on one server. */
export type Workload = {
  /** Brings about what the operations need; not measured. */
  prepare(personas: readonly number[]): Promise<void>
  operate(http: HttpClient, persona: number): Promise<Operation>
  /** Holds the operations since `prepare` against what they should have led to; not measured. */
  check(): Promise<void>
}

/** Creates a workload that remembers its results for its check. */
export const createWorkload = <Result extends Operation>(parts: {
  prepare?: (personas: readonly number[]) => Promise<void>
  operate: (http: HttpClient, persona: number) => Promise<Result>
  check?: (results: readonly Result[]) => Promise<void>
}): Workload => {
  let results: Result[] = []
  return {
    prepare: async personas => {
      results = []
      await parts.prepare?.(personas)
    },
    operate: async (http, persona) => {
      const result = await parts.operate(http, persona)
      results.push(result)
      return result
    },
    check: async () => parts.check?.(results),
  }
}

/** Sends one request and times it. */
export const timed = async (send: () => Promise<unknown>): Promise<Operation> => {
  const started = performance.now()
  await send()
  return { requests: 1, milliseconds: performance.now() - started }
}
