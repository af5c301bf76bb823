import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'

/** `outcomes`: whether each of the last calls failed, newest last. `until` is in epoch milliseconds. */
type State =
  | { readonly kind: 'closed'; readonly outcomes: boolean[] }
  | { readonly kind: 'open'; readonly until: number }
  | { readonly kind: 'half-open'; readonly until: number; begun: number; succeeded: number }

/**
 * `run` makes a call if calls are made at present; `check` throws while none is, and counts nothing. `state` tells whether
 * calls are made: `half-open` also once the next one would be.
 */
export type CircuitBreaker = {
  run<T>(call: () => Promise<T>): Promise<T>
  check(): void
  state(): State['kind']
}

/** Whether nobody answered, or not with what an answer is. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof PiasError && error.code === 'upstream.unavailable'

/**
 * Stops calling an upstream that does not answer: when half of the last 20 calls failed, none is made
 * for 15 s; then 3 probes decide whether all is well again. Only `upstream.unavailable` counts as a failure: a refusal
 * is an answer. Own code, because cockatiel and opossum read the machine's clock and let one probe through.
 * @param options.onChange told when it opens and when it closes
 * @returns functions that throw PiasError `upstream.unavailable` at once while it is open
 */
export const createCircuitBreaker = (options: {
  clock: Clock
  onChange: (state: 'open' | 'closed') => void
  calls?: number
  failureShare?: number
  openMs?: number
  probes?: number
}): CircuitBreaker => {
  const { clock, onChange, calls = 20, failureShare = 0.5, openMs = 15_000, probes = 3 } = options
  let state: State = { kind: 'closed', outcomes: [] }

  const refuse = (): never => {
    throw new PiasError('upstream.unavailable', 'not called: too many calls failed just before')
  }
  const become = (next: State & { kind: 'open' | 'closed' }): void => {
    state = next
    onChange(next.kind)
  }
  const open = () => become({ kind: 'open', until: clock() + openMs })

  /** Probes that never end must not keep it half open: after the same time there are new ones. */
  const admit = (): State => {
    const isSpent = state.kind === 'open' || (state.kind === 'half-open' && state.begun === probes)
    if (state.kind !== 'closed' && isSpent) {
      if (clock() < state.until) return refuse()
      state = { kind: 'half-open', until: clock() + openMs, begun: 0, succeeded: 0 }
    }
    if (state.kind === 'half-open') state.begun += 1
    return state
  }

  const settleCall = (outcomes: boolean[], failed: boolean): void => {
    outcomes.push(failed)
    if (outcomes.length > calls) outcomes.shift()
    const failures = outcomes.filter(Boolean).length
    if (outcomes.length === calls && failures >= calls * failureShare) open()
  }

  const settleProbe = (probing: State & { kind: 'half-open' }, failed: boolean): void => {
    if (failed) return open()
    probing.succeeded += 1
    if (probing.succeeded === probes) become({ kind: 'closed', outcomes: [] })
  }

  /** A call that began in an earlier state says nothing about this one. */
  const settle = (began: State, failed: boolean): void => {
    if (state !== began) return
    if (state.kind === 'closed') settleCall(state.outcomes, failed)
    else if (state.kind === 'half-open') settleProbe(state, failed)
  }

  return {
    run: async call => {
      const began = admit()
      try {
        const result = await call()
        settle(began, false)
        return result
      } catch (error) {
        settle(began, isUnavailable(error))
        throw error
      }
    },
    check: () => {
      if (state.kind === 'open' && clock() < state.until) refuse()
    },
    state: () => (state.kind === 'open' && clock() >= state.until ? 'half-open' : state.kind),
  }
}
