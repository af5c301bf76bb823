import { type Outcome, unusable } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { DECISION_KINDS, DECISION_OUTCOMES, decisionCounts, stepCounts } from '#src/rollout/decision-counts.ts'
import { FUNNEL_STEPS } from '#src/rollout/funnel-steps.ts'
import type { FunnelCount } from '#src/store/ports/funnel.ts'
import { withRollouts } from './rollout.ts'

/** Of which app, and since which day (UTC). */
export type CountOptions = { readonly client: string; readonly since: string }

type Counted = { readonly count: number }

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** A line for each row and a number for each column, all days together; `is` says where a count belongs. */
const tableOf = <Count extends Counted>(
  counts: readonly Count[],
  table: {
    readonly label: string
    readonly rows: readonly string[]
    readonly columns: readonly string[]
    readonly is: (count: Count, row: string, column: string) => boolean
  },
): string => {
  const { label, rows, columns, is } = table
  const width = Math.max(...[label, ...rows].map(({ length }) => length)) + 2
  const sum = (row: string, column: string) =>
    counts.filter(one => is(one, row, column)).reduce((total, { count }) => total + count, 0)
  const line = (name: string, cells: readonly string[]) =>
    `${[name.padEnd(width), ...cells.map(text => text.padStart(9))].join('')}\n`
  return [
    line(label, columns),
    ...rows.map(row =>
      line(
        row,
        columns.map(column => `${sum(row, column)}`),
      ),
    ),
  ].join('')
}

/** What was counted at an app since a day; refused where that is none. */
const countsSince = <Count extends Counted>(
  terminal: Terminal,
  { client, since }: CountOptions,
  read: {
    readonly counts: (stored: readonly FunnelCount[]) => readonly Count[]
    readonly toText: (counts: readonly Count[]) => string
    readonly none: string
  },
): Promise<Outcome> =>
  withRollouts(terminal, client, async (_rollouts, store) => {
    if (!DAY.test(since)) return unusable('--since takes a day, such as 2026-11-28')
    const counts = read.counts(await store.funnel.list([client], since))
    return { value: { counts }, text: counts.length === 0 ? `${read.none}\n` : read.toText(counts) }
  })

/** `rollout funnel`: how many people came how far since a day, a line for each method. @throws what the store throws */
export const rolloutFunnel = (terminal: Terminal, options: CountOptions): Promise<Outcome> =>
  countsSince(terminal, options, {
    counts: stepCounts,
    toText: (counts: readonly FunnelCount[]) =>
      tableOf(counts, {
        label: 'method',
        rows: [...new Set(counts.map(({ method }) => method))].sort(),
        columns: FUNNEL_STEPS,
        is: ({ method, step }, row, column) => method === row && step === column,
      }),
    none: 'nobody was counted',
  })

/**
 * `rollout decisions`: how matching came out since a day, and how it would have come out in shadow, a line for each outcome.
 * @throws what the store throws
 */
export const rolloutDecisions = (terminal: Terminal, options: CountOptions): Promise<Outcome> =>
  countsSince(terminal, options, {
    counts: decisionCounts,
    toText: counts =>
      tableOf(counts, {
        label: 'outcome',
        rows: DECISION_OUTCOMES,
        columns: DECISION_KINDS,
        is: ({ kind, outcome }, row, column) => outcome === row && kind === column,
      }),
    none: 'nothing was decided',
  })
