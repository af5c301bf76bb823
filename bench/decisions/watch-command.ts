import type { ChildProcesses, Command } from '#bench/processes/child-processes.ts'
import { cpuSecondsOfTree } from '#bench/processes/cpu-time.ts'
import { residentMiB } from '#bench/processes/resident-memory.ts'
import type { MongoStore } from '#bench/stores/mongo-store.ts'

/** What a command cost. `rssMiB`: resident memory at its quarters, by time, and the most that was seen. */
export type CommandCost = {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly mongodCpuSeconds?: number
  readonly rssMiB: { readonly quarters: readonly number[]; readonly most: number }
}

const LOOK_EVERY_MS = 250
const QUARTERS = [0.25, 0.5, 0.75, 1]

const sampleChild = (pid: number) => {
  const resident: number[] = []
  let cpuSeconds = 0
  const look = (): void => {
    try {
      resident.push(residentMiB(pid))
      cpuSeconds = cpuSecondsOfTree(pid)
    } catch {
      // It ended between two looks.
    }
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  look()
  return () => {
    clearInterval(timer)
    const seen = resident.filter(one => !Number.isNaN(one))
    const atQuarter = (quarter: number): number => seen[Math.ceil(quarter * seen.length) - 1] ?? Number.NaN
    return { cpuSeconds, rssMiB: { quarters: QUARTERS.map(atQuarter), most: Math.max(...seen) } }
  }
}

/** Runs a command in a process of its own and looks at it from outside; what ran since the last look is not in it. */
export const watchCommand = async (
  children: ChildProcesses,
  command: Command,
  mongod: MongoStore | undefined,
): Promise<CommandCost> => {
  const mongodBefore = await mongod?.cpuSeconds()
  const started = performance.now()
  let finish: ReturnType<typeof sampleChild> | undefined
  await children.run(command, pid => {
    finish = sampleChild(pid)
  })
  const seconds = (performance.now() - started) / 1000
  const seen = finish?.() ?? { cpuSeconds: Number.NaN, rssMiB: { quarters: [], most: Number.NaN } }
  const mongodAfter = await mongod?.cpuSeconds()
  return {
    seconds,
    ...seen,
    ...(mongodBefore !== undefined && mongodAfter !== undefined && { mongodCpuSeconds: mongodAfter - mongodBefore }),
  }
}
