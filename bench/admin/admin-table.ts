import type { AdminCost } from './measure-admin.ts'
import type { AdminReport } from './run-admin.ts'

const COLUMNS: readonly (readonly [title: string, cell: (cost: AdminCost) => string | undefined])[] = [
  ['p50 ms', ({ p50Ms }) => p50Ms.toFixed(1)],
  ['p95 ms', ({ p95Ms }) => p95Ms.toFixed(1)],
  ['KiB', ({ bytes }) => (bytes / 1024).toFixed(1)],
  ['commands', ({ database }) => database && String(database.commands)],
  ['keys', ({ database }) => database && String(database.keys)],
  ['documents', ({ database }) => database && String(database.documents)],
]

const WIDTH = 11
const NAME_WIDTH = 42

const line = (name: string, cells: readonly string[]): string =>
  name.padEnd(NAME_WIDTH) + cells.map(cell => cell.padStart(WIDTH)).join('')

/** The report as text. */
export const toAdminTable = ({ rows, failed, options, calibMicros }: AdminReport): string =>
  [
    ...rows.flatMap(({ backend, costs }) =>
      (['api', 'console'] as const).flatMap(side => [
        line(
          `${backend}, ${side}`,
          COLUMNS.map(([title]) => title),
        ),
        ...costs
          .filter(cost => cost.side === side)
          .map(cost =>
            line(
              `  ${cost.what}`,
              COLUMNS.map(([, cell]) => cell(cost) ?? '-'),
            ),
          ),
        '',
      ]),
    ),
    `${options.clients} clients, ${options.accounts} accounts, ${options.records} customer records; each ${options.times} times, one after the other; ${calibMicros.toFixed(0)} µs of CPU a signature`,
    ...(failed.length === 0 ? ['all gates hold'] : failed.map(gate => `FAILED ${gate}`)),
  ].join('\n')
