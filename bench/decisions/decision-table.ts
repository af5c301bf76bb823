import type { DecisionReport, DecisionRow } from './run-decisions.ts'

type Column = readonly [title: string, cell: (row: DecisionRow) => string | undefined]

const DECISION_COLUMNS: readonly Column[] = [
  ['CPU ms', ({ decision }) => decision.cpuMs.toFixed(2)],
  ['mongod ms', ({ decision }) => decision.mongodCpuMs?.toFixed(2)],
  ['p50 ms', ({ decision }) => decision.p50Ms.toFixed(2)],
  ['p99 ms', ({ decision }) => decision.p99Ms.toFixed(2)],
  ['calm p99', ({ decision }) => decision.calmP99Ms.toFixed(2)],
  ['fixed p99', ({ decision }) => decision.fixedP99Ms.toFixed(2)],
  ['keys', ({ decision }) => decision.reads.keys.toFixed(1)],
  ['records', ({ decision }) => decision.reads.documents.toFixed(1)],
  ['most', ({ decision }) => String(decision.mostDocuments)],
  ['KiB', ({ decision }) => (decision.reads.bytes / 1024).toFixed(1)],
  ['names', ({ decision }) => decision.reads.terms.toFixed(0)],
  ['dropped', ({ decision }) => decision.reads.overflowed.toFixed(3)],
  ['linked', ({ decision }) => `${(100 * (decision.outcomes.link ?? 0)).toFixed(0)} %`],
]

const IMPORT_COLUMNS: readonly Column[] = [
  ['lines', ({ imported }) => String(imported.lines)],
  ['seconds', ({ imported }) => imported.seconds.toFixed(0)],
  ['lines/s', ({ imported }) => imported.linesPerSecond.toFixed(0)],
  ['CPU s', ({ imported }) => imported.cpuSeconds.toFixed(0)],
  ['mongod s', ({ imported }) => imported.mongodCpuSeconds?.toFixed(0)],
  ['MiB at 1/4', ({ imported }) => imported.rssMiB.quarters[0]?.toFixed(0)],
  ['1/2', ({ imported }) => imported.rssMiB.quarters[1]?.toFixed(0)],
  ['3/4', ({ imported }) => imported.rssMiB.quarters[2]?.toFixed(0)],
  ['most', ({ imported }) => imported.rssMiB.most.toFixed(0)],
]

const TRAINING_COLUMNS: readonly Column[] = [
  ['seconds', ({ trained }) => trained?.seconds.toFixed(0)],
  ['CPU s', ({ trained }) => trained?.cpuSeconds.toFixed(0)],
  ['mongod s', ({ trained }) => trained?.mongodCpuSeconds?.toFixed(0)],
  ['most MiB', ({ trained }) => trained?.rssMiB.most.toFixed(0)],
]

const WIDTH = 11

const section = (title: string, columns: readonly Column[], rows: readonly DecisionRow[]): string[] => [
  title.padEnd(24) + columns.map(([name]) => name.padStart(WIDTH)).join(''),
  ...rows.map(
    row =>
      `  ${row.backend} ${row.records.toLocaleString('en')}`.padEnd(24) +
      columns.map(([, cell]) => (cell(row) ?? '-').padStart(WIDTH)).join(''),
  ),
  '',
]

/** The report as tables, with the gates that do not hold. */
export const toDecisionTable = ({ rows, failed, node, cores, calibMicros }: DecisionReport): string =>
  [
    ...section('one decision', DECISION_COLUMNS, rows),
    ...section('import to that size', IMPORT_COLUMNS, rows),
    ...(rows.some(({ trained }) => trained) ? section('training at that size', TRAINING_COLUMNS, rows) : []),
    `Node ${node}, ${cores} cores, ${calibMicros.toFixed(0)} µs of CPU an RSA-2048 signature`,
    ...(failed.length === 0 ? ['all gates hold'] : failed.map(line => `GATE ${line}`)),
  ].join('\n')
