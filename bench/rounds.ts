import { assertDistinctSubjects, assertLinked, assertSameSubjects } from './checks.ts'
import { createMeasuring, type Measurement, type Measuring } from './measure.ts'
import type { BenchOptions } from './options.ts'
import type { Servers } from './servers.ts'
import { createCalibration } from './statistics.ts'

/** What the rounds showed; a server that was not asked for has no measurements. */
export type Rounds = {
  readonly baseline: readonly Measurement[]
  readonly piasFirst: readonly Measurement[]
  readonly piasReturning: readonly Measurement[]
  readonly calibMicros: readonly number[]
}

const range = (from: number, length: number): number[] => Array.from({ length }, (_, index) => from + index)

const measureBaseline = async (measuring: Measuring, personas: readonly number[]): Promise<Measurement> => {
  const measured = await measuring.measure(personas)
  assertDistinctSubjects(measured)
  return measured
}

/** First logins of known customers, then the same persons again in new browsers. */
const measurePias = async (measuring: Measuring, personas: readonly number[]) => {
  const first = await measuring.measure(personas)
  assertDistinctSubjects(first)
  await assertLinked(measuring, first.logins)
  const returning = await measuring.measure(personas)
  assertSameSubjects(first, returning)
  return { first, returning }
}

/**
 * Warms both servers up, then measures them in turn: baseline, PIAS, baseline, PIAS… so that a slower minute of the
 * machine falls on both. No person logs in for the first time twice.
 */
export const measureRounds = async (
  servers: Servers,
  options: BenchOptions,
  progress: (text: string) => void,
): Promise<Rounds> => {
  const { logins, rounds, warmup, concurrency } = options
  const { upstreamOrigin } = servers
  const baseline = servers.baseline && (await createMeasuring(servers.baseline, upstreamOrigin, concurrency))
  const pias = servers.pias && (await createMeasuring(servers.pias, upstreamOrigin, concurrency))
  const calibrate = createCalibration()
  const found = {
    baseline: [] as Measurement[],
    piasFirst: [] as Measurement[],
    piasReturning: [] as Measurement[],
    calibMicros: [] as number[],
  }

  if (warmup > 0) {
    progress(`warm-up: ${warmup} logins each`)
    if (baseline) await measureBaseline(baseline, range(0, warmup))
    if (pias) await measurePias(pias, range(0, warmup))
  }
  for (let round = 0; round < rounds; round += 1) {
    progress(`round ${round + 1} of ${rounds}: ${logins} logins each`)
    const personas = range(warmup + round * logins, logins)
    found.calibMicros.push(calibrate())
    if (baseline) found.baseline.push(await measureBaseline(baseline, personas))
    if (pias) {
      const { first, returning } = await measurePias(pias, personas)
      found.piasFirst.push(first)
      found.piasReturning.push(returning)
    }
  }
  return found
}
