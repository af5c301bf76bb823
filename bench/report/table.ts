import type { ServerName } from '#bench/servers/server.ts'
import { LASTING_PARTS } from '#bench/stores/storage.ts'
import type { WorkloadName } from '#bench/workloads/names.ts'
import { growthMiB } from './memory-growth.ts'
import type { OperationReport, TrafficReport } from './operation-report.ts'
import type { Report } from './report.ts'

type Cell = string | number | undefined

const TITLES: Readonly<Record<WorkloadName, string>> = {
  first: 'first login of a customer',
  returning: 'returning customer, new browser',
  sso: 'single sign-on',
  refresh: 'refresh',
  'client-credentials': 'client credentials',
}
const SERVERS: Readonly<Record<ServerName, string>> = {
  'baseline-memory': 'baseline in memory',
  'baseline-redis': 'baseline on Redis',
  'pias-sqlite': 'PIAS on SQLite',
  'pias-mongo-redis': 'PIAS on MongoDB + Redis',
}

const row = (title: string, cells: readonly Cell[]): string =>
  title.padEnd(32) + cells.map(cell => String(cell ?? '-').padStart(12)).join('')

const entriesOf = <Key extends string, Value>(found: Readonly<Partial<Record<Key, Value>>>): [Key, Value][] =>
  Object.entries(found) as [Key, Value][]

const section = (
  report: Report,
  columns: readonly string[],
  cellsOf: (found: OperationReport) => readonly Cell[] | undefined,
): string[] => [
  row('', columns),
  ...entriesOf(report.workloads).flatMap(([workload, servers]) => [
    TITLES[workload],
    ...entriesOf(servers).flatMap(([server, found]) => {
      const cells = cellsOf(found)
      return cells ? [row(`  ${SERVERS[server]}`, cells)] : []
    }),
  ]),
  '',
]

const costs = (report: Report): string[] =>
  section(
    report,
    ['CPU ms', 'ratio', 'redis ms', 'mongod ms', 'requests', 'per second', 'p50 ms', 'p99 ms'],
    ({ cpuMs, ratio, redisCpuMs, mongodCpuMs, requests, operationsPerSecond, p50Ms, p99Ms }) => [
      cpuMs.toFixed(2),
      ratio?.toFixed(3),
      redisCpuMs?.toFixed(2),
      mongodCpuMs?.toFixed(2),
      requests,
      operationsPerSecond,
      p50Ms,
      p99Ms,
    ],
  )

const traffic = (report: Report): string[] =>
  section(report, ['redis sent', 'done', 'trips', 'mongo', 'trips'], ({ redis, mongod }) =>
    redis ? [redis.commands, redis.commandsDone, redis.roundTrips, mongod?.commands, mongod?.roundTrips] : undefined,
  )

const named = (name: string, found: TrafficReport | undefined): string[] =>
  found
    ? [
        `  ${name}: ${Object.entries(found.byName)
          .map(([command, count]) => `${command} ${count}`)
          .join(', ')}`,
      ]
    : []

const commandNames = (report: Report): string[] => {
  const first = entriesOf(report.workloads.first ?? {}).filter(([, found]) => found.redis)
  if (first.length === 0) return []
  const lines = first.flatMap(([server, { redis, mongod }]) => [
    ...named(`${SERVERS[server]}, Redis`, redis),
    ...named(`${SERVERS[server]}, MongoDB`, mongod),
  ])
  return ['sent per first login', ...lines, '']
}

const storage = (report: Report): string[] => {
  const lines = entriesOf(report.storage).flatMap(([server, found]) => [
    `${SERVERS[server]}: bytes in the store`,
    row('  linked account, for good', ['total', ...LASTING_PARTS.map(part => part.replace(/.*_/, ''))]),
    row('', [found.perLinkedAccount.total, ...LASTING_PARTS.map(part => found.perLinkedAccount[part])]),
    row('  per login', ['for good', 'expiring']),
    row('    first', [found.perFirstLogin.lasting, found.perFirstLogin.expiring]),
    row('    returning', [found.perReturningLogin.lasting, found.perReturningLogin.expiring]),
    `  keys that never expire, per linked account: ${found.neverExpiringKeys}`,
    '',
  ])
  return lines
}

const memory = (report: Report): string[] => {
  const samples = entriesOf(report.memory)
  const [[, first] = [undefined, undefined]] = samples
  if (!first) return []
  const told = (title: string, of: 'rssMiB' | 'heapMiB', digits: number): string[] => [
    row(title, [...first.map(({ logins }) => logins), `since ${first[1]?.logins}`]),
    ...samples.map(([server, found]) =>
      row(`  ${SERVERS[server]}`, [...found.map(each => each[of]), growthMiB(found, of).toFixed(digits)]),
    ),
  ]
  return [
    ...told('held MiB after logins', 'heapMiB', 1),
    ...told('resident MiB', 'rssMiB', 0),
    ...report.failed.map(line => `GATE ${line}`),
    '',
  ]
}

/** The report as tables for a terminal. */
export const toTable = (report: Report): string => {
  const { logins, rounds, concurrency } = report.options
  return [
    ...costs(report),
    ...traffic(report),
    ...commandNames(report),
    ...storage(report),
    ...memory(report),
    `${rounds} rounds of ${logins} operations, concurrency ${concurrency}, ${report.customerRecords} customer records; ` +
      `one RSA-2048 signature ${report.calibMicros} µs; Node ${report.node}, ${report.cores} cores`,
  ].join('\n')
}
