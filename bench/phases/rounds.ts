import type { BenchOptions } from '#bench/options.ts'
import { createCalibration } from '#bench/report/statistics.ts'
import type { ServerName } from '#bench/servers/server.ts'
import type { WorkloadName } from '#bench/workloads/names.ts'
import { type Measurement, measure } from './measure.ts'
import type { Personas } from './personas.ts'
import type { Contestant } from './warm-up.ts'

/** What the rounds showed, in their order. */
export type Rounds = {
  readonly calibMicros: readonly number[]
  of(workload: WorkloadName, server: ServerName): readonly Measurement[]
}

/**
 * Measures the servers in turn, workload by workload, so that a slower minute of the machine falls on all of them.
 */
export const measureRounds = async (
  contestants: readonly Contestant[],
  personas: Personas,
  options: BenchOptions,
  progress: (text: string) => void,
): Promise<Rounds> => {
  const calibrate = createCalibration()
  const calibMicros: number[] = []
  const found = new Map<string, Measurement[]>()
  const keyOf = (workload: WorkloadName, server: ServerName): string => `${workload} ${server}`

  for (let round = 0; round < options.rounds; round += 1) {
    progress(`round ${round + 1} of ${options.rounds}: ${options.logins} operations of each workload`)
    calibMicros.push(calibrate())
    for (const name of options.workloads) {
      for (const { server, workloads } of contestants) {
        if (!server.offers.includes(name)) continue
        const measured = await measure(server, workloads[name], personas.round(round), options.concurrency)
        const key = keyOf(name, server.name)
        found.set(key, [...(found.get(key) ?? []), measured])
      }
    }
  }
  return { calibMicros, of: (workload, server) => found.get(keyOf(workload, server)) ?? [] }
}
