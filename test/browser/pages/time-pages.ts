import { rawRequest } from '#test/support/raw-request.ts'
import { type Entry, nameOf } from './page-matrix.ts'

const ROUNDS = 100

/** What a page may cost the server, in milliseconds, for 95 of 100 requests (ADR 0030). */
const BUDGET_MS = 20

const percentile95 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0

/** Asks for every state many times over loopback, one request at a time, and prints what it took. */
export const timePages = async (input: {
  issuer: string
  entries: readonly Entry[]
  print: (line: string) => void
}): Promise<boolean> => {
  const { issuer, entries, print } = input
  const worst: number[] = []
  for (const entry of entries) {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      await rawRequest(issuer, { path: entry.addressIn('de'), headers: { accept: 'text/html' } })
      times.push(performance.now() - start)
    }
    const p95 = percentile95(times)
    worst.push(p95)
    print(`${nameOf(entry)}: p95 ${p95.toFixed(1)} ms`)
  }
  const slowest = Math.max(0, ...worst)
  print(
    `${entries.length} states of ${ROUNDS} requests each: slowest p95 ${slowest.toFixed(1)} ms, budget ${BUDGET_MS} ms`,
  )
  return slowest <= BUDGET_MS
}
