import type { Block, ChartLook } from '#src/console/blocks.ts'
import { columnChart, dayLabels } from '#src/console/column-chart.ts'
import { count, countAndShare, day } from '#src/console/words.ts'
import type { DecisionCount, DecisionKind, DecisionOutcome } from '#src/rollout/decision-counts.ts'

type Series = { readonly name: string; readonly look: ChartLook; readonly outcomes: readonly DecisionOutcome[] }

/** How decisions come out, told for either kind; none of the words of what was done is of what would have been. */
const seriesOf = (linked: string, asked: string): readonly Series[] => [
  { name: linked, look: 'good', outcomes: ['link'] },
  { name: asked, look: 'warning', outcomes: ['confirm', 'contested'] },
  { name: 'Not found', look: 'quiet', outcomes: ['none'] },
  { name: "Somebody else's already", look: 'bad', outcomes: ['owned-elsewhere'] },
]

const KINDS: Readonly<
  Record<DecisionKind, { title: string; empty: string; intro: string; series: readonly Series[] }>
> = {
  shadow: {
    title: 'Shadow: what matching would have done',
    empty: 'Nothing was recorded: nobody has come back from itsme while the phase was shadow.',
    intro: 'Recorded only: nobody was linked by it, and it is in no other number. Logins are counted, not people.',
    series: seriesOf('Would have been linked', 'Would have been asked for a proof'),
  },
  acted: {
    title: 'What matching did',
    empty: 'Nothing was decided.',
    intro: 'First logins by itsme, without what was only recorded. Logins are counted, not people.',
    series: seriesOf('Linked', 'Asked for a proof'),
  },
}

/** The numbers of the decisions of one kind: all of a day, or of all days where none is given. */
const numbersOf = (counts: readonly DecisionCount[], series: readonly Series[], ofDay?: string): readonly number[] =>
  series.map(({ outcomes }) =>
    counts
      .filter(one => (ofDay === undefined || one.day === ofDay) && outcomes.includes(one.outcome))
      .reduce((all, one) => all + one.count, 0),
  )

const total = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/**
 * How matching came out over days, of one kind alone: a chart, and beside it a table.
 * @param days every day that is shown (`YYYY-MM-DD`), the last one last
 */
export const decisionBlocks = (
  kind: DecisionKind,
  all: readonly DecisionCount[],
  days: readonly string[],
): readonly Block[] => {
  const { title, empty, intro, series } = KINDS[kind]
  const counts = all.filter(one => one.kind === kind)
  const sums = numbersOf(counts, series)
  const over = total(sums)
  const period = `last ${days.length} days`
  const summary = series.map(({ name }, index) => `${name}: ${countAndShare(sums[index] ?? 0, over)}`).join(' · ')
  const labels = dayLabels(days)
  const chart = columnChart({
    title: `${title}, ${period}`,
    summary: `Of ${count(over)}: ${summary}`,
    series,
    columns: days.map((one, index) => ({ label: labels[index] ?? '', values: numbersOf(counts, series, one) })),
  })
  const rowOf = (label: string, numbers: readonly number[]) => [
    label,
    ...numbers.map(number => count(number)),
    count(total(numbers)),
  ]
  const ofDays = days
    .toReversed()
    .map(one => [day(Date.parse(one)), numbersOf(counts, series, one)] as const)
    .filter(([, numbers]) => total(numbers) > 0)
  return [
    ...(over === 0 ? [] : [chart]),
    {
      kind: 'table',
      title: over === 0 ? `${title}, ${period}` : `${title}, by day`,
      empty,
      ...(over > 0 && { intro }),
      columns: [
        { label: 'Day (UTC)' },
        ...[...series.map(({ name }) => name), 'All'].map(label => ({ label, number: true })),
      ],
      rows: over === 0 ? [] : [...ofDays.map(([label, numbers]) => rowOf(label, numbers)), rowOf('All days', sums)],
    },
  ]
}
