import type { BenchOptions } from './options.ts'
import { countTraffic } from './phases/counting.ts'
import { watchMemory } from './phases/memory.ts'
import { planPersonas } from './phases/personas.ts'
import { measureRounds } from './phases/rounds.ts'
import { type Contestant, warmUp } from './phases/warm-up.ts'
import type { ChildProcesses } from './processes/child-processes.ts'
import { createReport, type Report } from './report/report.ts'
import { startServers } from './servers/start-servers.ts'
import { storageBetween } from './stores/storage.ts'
import { createWorkloads } from './workloads/create-workloads.ts'

/** What the stores of PIAS keep per account: over the whole run, for it grows by pages. */
const readLasting = async (contestants: readonly Contestant[], warmUps: Awaited<ReturnType<typeof warmUp>>) => {
  const found = []
  for (const { server, workloads } of contestants) {
    const [start, end] = [warmUps.get(server), await server.readStorage?.()]
    if (!start || !end) continue
    const { lasting, neverExpiring } = storageBetween(start.empty, end, workloads.accounts.size)
    found.push({ server: server.name, lasting, neverExpiring, ...start })
  }
  return found
}

/** One whole run, from starting the servers to the report. */
export const runBenchmark = async (
  children: ChildProcesses,
  options: BenchOptions,
  progress: (text: string) => void,
): Promise<Report> => {
  progress('starting the servers')
  const { servers, upstreamOrigin, customerRecords } = await startServers(children, options)
  const personas = planPersonas(options)
  const contestants: Contestant[] = []
  for (const server of servers) {
    contestants.push({ server, workloads: await createWorkloads(server, upstreamOrigin, options.concurrency) })
  }
  progress(`warm-up: ${options.warmup} operations of each workload`)
  const warmUps = await warmUp(contestants, personas.warmup, options)
  const rounds = await measureRounds(contestants, personas, options, progress)
  const { loginsForMemory, concurrency } = options
  const memory =
    loginsForMemory > 0 ? await watchMemory(contestants, personas, concurrency, progress) : new Map<never, never>()
  const storage = await readLasting(contestants, warmUps)
  progress('counting what is sent to the stores')
  const counts = await countTraffic(servers, { upstreamOrigin, personas, options })
  return createReport({ servers, rounds, counts, storage, memory, customerRecords }, options)
}
