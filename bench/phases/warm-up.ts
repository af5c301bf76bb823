import type { BenchOptions } from '#bench/options.ts'
import type { ServerUnderTest } from '#bench/servers/server.ts'
import { type Storage, storageBetween } from '#bench/stores/storage.ts'
import type { Workloads } from '#bench/workloads/create-workloads.ts'
import { perform } from './perform.ts'

/** A server with its workloads. */
export type Contestant = { readonly server: ServerUnderTest; readonly workloads: Workloads }

/** What the store held when nobody had logged in yet, and what one login of each kind added before anything expired. */
export type WarmUp = { readonly empty: Storage; readonly perFirst: Storage; readonly perReturning: Storage }

const warmUpOne = async (
  { server, workloads }: Contestant,
  personas: readonly number[],
  options: BenchOptions,
): Promise<WarmUp | undefined> => {
  const run = async (name: keyof Omit<Workloads, 'accounts'>): Promise<void> => {
    if (server.offers.includes(name)) await perform(workloads[name], personas, options.concurrency)
  }
  const empty = await server.readStorage?.()
  await run('first')
  const afterFirst = await server.readStorage?.()
  await run('returning')
  const afterReturning = await server.readStorage?.()
  for (const name of ['sso', 'refresh', 'client-credentials'] as const) {
    if (options.workloads.includes(name)) await run(name)
  }
  if (!empty || !afterFirst || !afterReturning) return undefined
  return {
    empty,
    perFirst: storageBetween(empty, afterFirst, personas.length),
    perReturning: storageBetween(afterFirst, afterReturning, personas.length),
  }
}

/** Warms every server up, one after the other, and sees what its store keeps of it. */
export const warmUp = async (
  contestants: readonly Contestant[],
  personas: readonly number[],
  options: BenchOptions,
): Promise<ReadonlyMap<ServerUnderTest, WarmUp>> => {
  const found = new Map<ServerUnderTest, WarmUp>()
  for (const contestant of contestants) {
    const seen = await warmUpOne(contestant, personas, options)
    if (seen) found.set(contestant.server, seen)
  }
  return found
}
