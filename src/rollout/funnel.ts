import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { FunnelCount, FunnelPort } from '#src/store/ports/funnel.ts'
import type { CountedStep } from './decision-counts.ts'

/** Counts one person at a step, or a decision; nothing is written yet, so that it costs a login nothing. */
export type CountStep = (at: { readonly clientId: string; readonly method: string; readonly step: CountedStep }) => void

/** `flush` writes what is gathered, and throws what the store does; `job` does so every few seconds. */
export type Funnel = { readonly count: CountStep; readonly flush: () => Promise<void>; readonly job: Job }

const FLUSH_MS = 5000
const KEY_PARTS = ['day', 'clientId', 'method', 'step'] as const

/**
 * Gathers counts in this process and writes them every few seconds; a node that dies loses those of the last ones. Counts
 * that cannot be written stay for the next time.
 */
export const createFunnel = (deps: { funnel: Pick<FunnelPort, 'add'>; clock: Clock }): Funnel => {
  let gathered = new Map<string, number>()

  const count: CountStep = at => {
    const day = new Date(deps.clock()).toISOString().slice(0, 10)
    const key = JSON.stringify(KEY_PARTS.map(part => ({ ...at, day })[part]))
    gathered.set(key, (gathered.get(key) ?? 0) + 1)
  }

  const flush = async (): Promise<void> => {
    if (gathered.size === 0) return
    const taken = gathered
    gathered = new Map()
    const counts = [...taken].map(([key, number]): FunnelCount => {
      const [day, clientId, method, step] = JSON.parse(key) as [string, string, string, string]
      return { day, clientId, method, step, count: number }
    })
    try {
      await deps.funnel.add(counts)
    } catch (error) {
      for (const [key, number] of taken) gathered.set(key, (gathered.get(key) ?? 0) + number)
      throw error
    }
  }

  const job: Job = { name: 'funnel', everyMs: FLUSH_MS, run: flush }
  return { count, flush, job }
}
