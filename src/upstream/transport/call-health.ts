import type { Clock } from '#src/kernel/runtime.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'

/**
 * How calls to an upstream went lately, as one node knows it. `breaker`: whether calls are made (`closed`), are not
 * (`open`), or are tried again (`half-open`). Of the calls of the last {@link HEALTH_WINDOW_MS}, 200 at most: how many
 * failed, and in milliseconds how long the middle one and the longest took. `lastFailureAt` is in epoch milliseconds.
 */
export type CallHealth = {
  readonly breaker: ReturnType<CircuitBreaker['state']>
  readonly calls: number
  readonly failures: number
  readonly medianMs?: number
  readonly slowestMs?: number
  readonly lastFailureAt?: number
}

/** How far back calls are remembered, in milliseconds. */
export const HEALTH_WINDOW_MS = 15 * 60_000
const MOST_CALLS = 200

/** Remembers how calls went: `note` is told of each that ended, `view` tells of them. */
export type CallWatch = {
  /** From whom `view` hears whether calls are made. */
  follow(breaker: Pick<CircuitBreaker, 'state'>): void
  note(call: { readonly failed: boolean; readonly ms: number }): void
  view(): CallHealth
}

/** Keeps the last calls in this process, and nothing of what was asked. */
export const createCallWatch = ({ clock }: { clock: Clock }): CallWatch => {
  let breaker: Pick<CircuitBreaker, 'state'> = { state: () => 'closed' }
  let calls: readonly { readonly at: number; readonly failed: boolean; readonly ms: number }[] = []
  let lastFailureAt: number | undefined
  const recent = () => calls.filter(({ at }) => at > clock() - HEALTH_WINDOW_MS)

  return {
    follow: followed => {
      breaker = followed
    },
    note: call => {
      const at = clock()
      calls = [...recent(), { at, ...call }].slice(-MOST_CALLS)
      if (call.failed) lastFailureAt = at
    },
    view: () => {
      const seen = recent()
      const times = seen.map(({ ms }) => Math.round(ms)).sort((one, other) => one - other)
      const [medianMs, slowestMs] = [times[Math.floor(times.length / 2)], times.at(-1)]
      return {
        breaker: breaker.state(),
        calls: seen.length,
        failures: seen.filter(({ failed }) => failed).length,
        ...(medianMs !== undefined && { medianMs }),
        ...(slowestMs !== undefined && { slowestMs }),
        ...(lastFailureAt !== undefined && { lastFailureAt }),
      }
    },
  }
}

/** The same call, of which the watch is told when it ends. @param isFailure whether an error says that nobody answered */
export const watchCalls =
  <Args extends unknown[], Reply>(
    watch: Pick<CallWatch, 'note'> | undefined,
    isFailure: (error: unknown) => boolean,
    call: (...args: Args) => Promise<Reply>,
  ) =>
  async (...args: Args): Promise<Reply> => {
    const begun = performance.now()
    const ended = (failed: boolean) => watch?.note({ failed, ms: performance.now() - begun })
    try {
      const reply = await call(...args)
      ended(false)
      return reply
    } catch (error) {
      ended(isFailure(error))
      throw error
    }
  }
