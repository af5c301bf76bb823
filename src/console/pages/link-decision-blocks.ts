import type { Overview } from '#src/admin/operations/overview.ts'
import type { Block, ChartLook } from '#src/console/blocks.ts'
import { columnChart, dayLabels } from '#src/console/column-chart.ts'
import { count } from '#src/console/words.ts'

type Numbers = { readonly [what in (typeof FIRST)[number]['what'] | (typeof THEN)[number]['what']]: number }

/** What becomes of somebody who comes back from an upstream: one of these. */
const FIRST = [
  { what: 'known', name: 'Known by an earlier link', look: 'plain' },
  { what: 'linked', name: 'Linked without a question', look: 'good' },
  { what: 'asked', name: 'Not certain: asked', look: 'warning' },
  { what: 'recorded', name: 'Only recorded, by apps in shadow', look: 'quiet' },
] as const satisfies readonly { what: string; name: string; look: ChartLook }[]

/** What came of it then. */
const THEN = [
  { what: 'proved', name: 'Then proved whose record it is' },
  { what: 'new', name: 'Then said to be new' },
] as const

/** Whoever came in shadow was asked whatever matching said, which is told apart. */
const numbersOf = ({ days, decisions }: Pick<Overview, 'days' | 'decisions'>, ofDay?: string): Numbers => {
  const isOf = ({ day }: { readonly day: string }): boolean => ofDay === undefined || day === ofDay
  const sum = (step: string): number =>
    days.reduce((all, one) => (one.step === step && isOf(one) ? all + one.count : all), 0)
  const recorded = decisions.reduce((all, one) => (one.kind === 'shadow' && isOf(one) ? all + one.count : all), 0)
  return {
    known: sum('known'),
    linked: sum('linked'),
    asked: Math.max(0, sum('asked') - recorded),
    recorded,
    proved: sum('proved'),
    new: sum('new'),
  }
}

/** Decisions on who somebody is, of all apps: a chart by day, and beside it a table. @param days every day that is shown */
export const linkDecisionBlocks = (overview: Overview, days: readonly string[]): readonly Block[] => {
  const numbers = numbersOf(overview)
  const title = `Link decisions, last ${days.length} days`
  const isNothing = Object.values(numbers).every(number => number === 0)
  const labels = dayLabels(days)
  const chart = columnChart({
    title,
    summary: FIRST.map(({ what, name }) => `${name}: ${count(numbers[what])}`).join(' · '),
    series: FIRST,
    columns: days.map((day, index) => {
      const ofDay = numbersOf(overview, day)
      return { label: labels[index] ?? '', values: FIRST.map(({ what }) => ofDay[what]) }
    }),
  })
  const table: Block = {
    kind: 'table',
    title: isNothing ? title : 'Link decisions, all days',
    empty: 'None yet.',
    columns: [{ label: 'What' }, { label: 'Number', number: true }],
    rows: isNothing ? [] : [...FIRST, ...THEN].map(({ what, name }) => [name, count(numbers[what])]),
  }
  return isNothing ? [table] : [chart, table]
}
