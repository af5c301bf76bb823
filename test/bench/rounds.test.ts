import { parseOptions } from '#bench/options.ts'
import { planPersonas } from '#bench/phases/personas.ts'
import { measureRounds } from '#bench/phases/rounds.ts'
import type { Contestant } from '#bench/phases/warm-up.ts'
import type { ServerName } from '#bench/servers/server.ts'
import type { WorkloadName } from '#bench/workloads/names.ts'
import { createWorkload } from '#bench/workloads/workload.ts'

const OFFERED = ['first', 'sso'] as const
const options = parseOptions(['--rounds', '2', '--logins', '2', '--concurrency', '1'])

/** What was operated, in its order, with the person. */
const operated: string[] = []

const contestant = (name: ServerName, offers: readonly WorkloadName[] = OFFERED): Contestant => {
  const recorded = (workload: WorkloadName) =>
    createWorkload({
      operate: async (_http, persona) => {
        operated.push(`${workload} ${name} ${persona}`)
        return { requests: 3, milliseconds: 1 }
      },
    })
  const server = { name, target: { pid: process.pid }, stores: {}, offers }
  const workloads = { first: recorded('first'), sso: recorded('sso') }
  return { server, workloads } as unknown as Contestant
}

test('servers are measured in turn, workload by workload, round by round', async () => {
  const contestants = [
    contestant('baseline-redis'),
    contestant('pias-sqlite'),
    contestant('baseline-memory', ['first']),
  ]
  const rounds = await measureRounds(contestants, planPersonas(options), { ...options, workloads: OFFERED }, () => {})

  const inTurn = (workload: string, servers: readonly string[], personas: readonly number[]) =>
    servers.flatMap(server => personas.map(persona => `${workload} ${server} ${persona}`))
  const round = (personas: readonly number[]) => [
    ...inTurn('first', ['baseline-redis', 'pias-sqlite', 'baseline-memory'], personas),
    ...inTurn('sso', ['baseline-redis', 'pias-sqlite'], personas),
  ]
  // 150 people took part in the warm-up, and nobody logs in for the first time twice.
  expect(operated).toEqual([...round([150, 151]), ...round([152, 153])])

  expect(rounds.calibMicros).toHaveLength(2)
  expect(rounds.of('first', 'pias-sqlite').map(({ requests }) => requests)).toEqual([3, 3])
  expect(rounds.of('sso', 'baseline-memory')).toEqual([])
})
