import type { Block, ChartLook } from './blocks.ts'

const WIDTH = 1000
const GROUND = 210
const TOP = 10
const GAP = 0.3

/**
 * A chart of columns, in which series stand on each other: the first at the ground.
 * @param chart.columns `label` may be empty where there is no room for each; `values` are numbers by series
 */
export const columnChart = (chart: {
  readonly title: string
  /** What is to be seen on it, in words: for who does not see it. */
  readonly summary: string
  readonly series: readonly { readonly name: string; readonly look: ChartLook }[]
  readonly columns: readonly { readonly label: string; readonly values: readonly number[] }[]
}): Block => {
  const { title, summary, series, columns } = chart
  const most = Math.max(1, ...columns.map(({ values }) => values.reduce((all, value) => all + value, 0)))
  const step = WIDTH / columns.length
  return {
    kind: 'chart',
    title,
    summary,
    series,
    columns: columns.map(({ label, values }, index) => {
      let y = GROUND
      const parts = series.map(({ look }, at) => {
        const height = ((values[at] ?? 0) / most) * (GROUND - TOP)
        y -= height
        return { y: Math.round(y), height: Math.round(y + height) - Math.round(y), look }
      })
      return {
        label,
        x: Math.round(index * step + (step * GAP) / 2),
        width: Math.round(step * (1 - GAP)),
        parts: parts.filter(({ height }) => height > 0),
      }
    }),
  }
}

const MONTH_AT = 'YYYY-'.length
const DAY_AT = 'YYYY-MM-'.length

/** One label in three has room on a phone; the first of all would be cut at its edge. */
const LABELLED = 3

/** Days (`YYYY-MM-DD`) as labels under columns: the second and every third from there, such as `28/11`. */
export const dayLabels = (days: readonly string[]): readonly string[] =>
  days.map((day, index) =>
    index % LABELLED === 1 ? `${Number(day.slice(DAY_AT))}/${Number(day.slice(MONTH_AT, DAY_AT - 1))}` : '',
  )

const DAY_MS = 24 * 3600 * 1000

/** The last days (UTC, `YYYY-MM-DD`) until a moment, today's at the end. */
export const lastDays = (number: number, now: number): readonly string[] =>
  Array.from({ length: number }, (_, index) =>
    new Date(now - (number - 1 - index) * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length),
  )
