import { setTimeout as sleep } from 'node:timers/promises'
import { liveHeapMiB } from '#bench/processes/live-heap.ts'
import { residentMiB } from '#bench/processes/resident-memory.ts'
import type { ServerName, Target } from '#bench/servers/server.ts'
import type { Workload } from '#bench/workloads/workload.ts'
import { perform } from './perform.ts'
import type { Personas } from './personas.ts'
import type { Contestant } from './warm-up.ts'

/** Memory after so many first logins, those of the rounds not counted: resident, and what garbage collection leaves. */
export type MemorySample = { readonly logins: number; readonly rssMiB: number; readonly heapMiB: number }

/** Four, so that of 20,000 logins one sees every 5,000. */
const STEPS = 4

/** Logins between two checks: the tokens of the first must still be good then, on a slow machine, too. */
const BATCH = 500

const UNAVAILABLE = 503
/** What an app is told where the browser could be sent back (RFC 6749, 4.1.2.1); a kept connection that just ended. */
const FOR_NOW = /error=temporarily_unavailable|ECONNRESET/
const TRIES = 5
const PAUSE_MS = 1000

const isForNow = (error: unknown): boolean =>
  (error as { status?: number }).status === UNAVAILABLE || FOR_NOW.test(String(error))

/**
 * Starts a login again that failed for a moment, as its app would: of so many one may meet a store that was slow, where
 * the machine has other work. Nothing is timed here.
 */
const patiently = (workload: Workload): Workload => ({
  ...workload,
  operate: async (http, persona) => {
    for (let tries = 1; ; tries++) {
      try {
        return await workload.operate(http, persona)
      } catch (error) {
        if (!isForNow(error) || tries === TRIES) throw error
      }
      await sleep(PAUSE_MS)
    }
  },
})

const sample = async ({ pid, inspectorPort: port = 0 }: Target, logins: number): Promise<MemorySample> => {
  // As it is before anything is collected.
  const rssMiB = residentMiB(pid)
  return { logins, rssMiB, heapMiB: await liveHeapMiB({ pid, port }) }
}

const watch = async (
  { server, workloads }: Contestant,
  { steps, concurrency }: { steps: readonly (readonly number[])[]; concurrency: number },
  progress: (text: string) => void,
): Promise<MemorySample[]> => {
  let logins = 0
  const samples = [await sample(server.target, logins)]
  for (const personas of steps) {
    for (let at = 0; at < personas.length; at += BATCH) {
      await perform(patiently(workloads.first), personas.slice(at, at + BATCH), concurrency)
    }
    logins += personas.length
    const found = await sample(server.target, logins)
    progress(`${logins} logins: ${found.heapMiB.toFixed(1)} MiB held, ${found.rssMiB.toFixed(0)} resident`)
    samples.push(found)
  }
  return samples
}

/** Watches the memory of every PIAS during many first logins, one server after the other. */
export const watchMemory = async (
  contestants: readonly Contestant[],
  personas: Personas,
  concurrency: number,
  progress: (text: string) => void,
): Promise<ReadonlyMap<ServerName, readonly MemorySample[]>> => {
  const found = new Map<ServerName, readonly MemorySample[]>()
  for (const contestant of contestants.filter(({ server }) => server.links)) {
    progress(`memory of ${contestant.server.name}`)
    found.set(contestant.server.name, await watch(contestant, { steps: personas.memory(STEPS), concurrency }, progress))
  }
  return found
}
