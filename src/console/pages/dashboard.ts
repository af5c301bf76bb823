import type { KeyView, Overview } from '#src/admin/operations/overview.ts'
import type { Block, Table } from '#src/console/blocks.ts'
import { clientCell } from '#src/console/client-cell.ts'
import { columnChart, dayLabels, lastDays } from '#src/console/column-chart.ts'
import type { ConsolePage } from '#src/console/console-page.ts'
import { count, day, share } from '#src/console/words.ts'
import { alarmFigure, alarmNotices } from './alarm-notices.ts'
import { auditFigure, auditNotices } from './audit-notices.ts'
import { linkDecisionBlocks } from './link-decision-blocks.ts'
import { funnelBlocks } from './rollout-words.ts'
import { upstreamFigures, upstreamNotices, upstreamTable } from './upstream-health.ts'

const MOST = '200'
const DAY_MS = 24 * 3600 * 1000
const DAYS = 14
const WARN_MS = 30 * DAY_MS

type Count = Overview['days'][number]

const sum = (counts: readonly Count[], step: string): number =>
  counts.reduce((all, one) => (one.step === step ? all + one.count : all), 0)

/** A number of a page that may go on. */
const atLeast = (items: readonly unknown[], next: string | undefined): string =>
  `${count(items.length)}${next === undefined ? '' : ' or more'}`

const loginBlocks = (days: readonly string[], counts: readonly Count[]): readonly Block[] => {
  const [started, finished] = [sum(counts, 'started'), sum(counts, 'finished')]
  const labels = dayLabels(days)
  const chart = columnChart({
    title: `Logins, last ${DAYS} days`,
    series: [
      { name: 'Logged in', look: 'plain' },
      { name: 'Not, or not yet', look: 'warning' },
    ],
    summary: `${count(started)} logins begun, ${count(finished)} of them ended with somebody logged in (${share(finished, started)}).`,
    columns: days.map((one, index) => {
      const ofDay = counts.filter(counted => counted.day === one)
      const ended = sum(ofDay, 'finished')
      return { label: labels[index] ?? '', values: [ended, Math.max(0, sum(ofDay, 'started') - ended)] }
    }),
  })
  const table: Table = {
    kind: 'table',
    title: `Logins by day, last ${DAYS} days`,
    empty: 'Nobody has logged in yet.',
    columns: [{ label: 'Day (UTC)' }, ...['Begun', 'Logged in', 'Left'].map(label => ({ label, number: true }))],
    rows: days.toReversed().map(one => {
      const ofDay = counts.filter(counted => counted.day === one)
      return [day(Date.parse(one)), ...['started', 'finished', 'left'].map(step => count(sum(ofDay, step)))]
    }),
  }
  return [
    ...(started === 0
      ? [{ ...table, rows: [] }]
      : [
          chart,
          { kind: 'fold' as const, id: 'logins-by-day', title: 'Logins, day by day', open: false, blocks: [table] },
        ]),
  ]
}

const METHODS: Readonly<Record<string, string>> = { password: 'old password', passkey: 'passkey' }

const appsTable = ({ apps }: Overview): Block => ({
  kind: 'table',
  title: 'Busiest apps, by way to log in',
  empty: 'Nobody has logged in yet.',
  columns: [
    { label: 'App' },
    { label: 'By' },
    ...['Begun', 'Logged in', 'Left', 'Of all logged in'].map(label => ({ label, number: true })),
  ],
  rows: apps.flatMap(({ clientId, counts }) =>
    [...Map.groupBy(counts, ({ method }) => method)].map(([method, ofMethod]) => {
      const [started, finished, left] = ['started', 'finished', 'left'].map(step => sum(ofMethod, step)) as [
        number,
        number,
        number,
      ]
      return [
        clientCell(clientId, '/rollout'),
        METHODS[method] ?? method,
        count(started),
        count(finished),
        count(left),
        share(finished, started),
      ]
    }),
  ),
})

const endCell = (until: number | undefined, now: number) => {
  if (until === undefined) return 'not yet known'
  return until < now + WARN_MS ? { text: day(until), tag: 'warning' as const } : day(until)
}

const STATES: Readonly<Record<KeyView['state'], { text: string; tag: 'good' | 'plain' }>> = {
  current: { text: 'in use', tag: 'good' },
  next: { text: 'published, next', tag: 'plain' },
  retired: { text: 'retired', tag: 'plain' },
}

/** Secrets that somebody must replace. */
const secretBlocks = ({ endingSecrets }: Overview, now: number): readonly Block[] =>
  endingSecrets.length === 0
    ? []
    : [
        {
          kind: 'table',
          title: 'Secrets that end within 30 days',
          empty: 'None.',
          columns: [{ label: 'App' }, { label: 'Secret' }, { label: 'Valid until' }],
          rows: endingSecrets.map(({ clientId, id, expiresAt }) => [
            clientCell(clientId, '/secrets'),
            { text: id, code: true },
            { text: day(expiresAt), tag: expiresAt < now ? ('bad' as const) : ('warning' as const) },
          ]),
        },
      ]

/** The keys, folded: they follow each other by themselves. What ends soon is said without unfolding them. */
const keyFold = ({ keys }: Overview, now: number): Block => {
  const ends = keys.flatMap(({ state, until }) => (state === 'current' && until !== undefined ? [until] : []))
  const soon = ends.filter(until => until < now + WARN_MS)
  const first = soon.length === 0 ? [] : [`the first until ${day(Math.min(...soon))}`]
  return {
    kind: 'fold',
    id: 'keys',
    title: 'Keys',
    hint: [`In use and ending within 30 days: ${count(soon.length)}`, ...first].join(', '),
    open: false,
    blocks: [
      {
        kind: 'table',
        title: 'All keys',
        empty: 'None.',
        intro: 'They follow each other by themselves.',
        columns: [{ label: 'For' }, { label: 'Kind' }, { label: 'State' }, { label: 'Since' }, { label: 'Until' }],
        rows: keys.map(({ ring, alg, kid, state, since, until }) => [
          { text: ring, hint: kid },
          alg,
          STATES[state],
          day(since),
          state === 'retired'
            ? until === undefined
              ? '–'
              : day(until)
            : endCell(state === 'next' ? undefined : until, now),
        ]),
      },
    ],
  }
}

/** What an admin looks at first. */
export const dashboardPage: ConsolePage = {
  path: '/',
  show: async ({ ask, now }) => {
    const days = lastDays(DAYS, now)
    const [proposals, reviews, overview, alarms] = await Promise.all([
      ask('listProposedChanges', { query: { limit: MOST } }),
      ask('listReviews', { query: { limit: MOST } }),
      ask('showOverview', { query: { since: days[0] ?? '' } }),
      ask('listAlarms'),
    ])
    const today = overview.days.filter(counted => counted.day === days.at(-1))
    const [away, back] = [sum(today, 'away'), sum(today, 'back')]
    return {
      title: 'Dashboard',
      blocks: [
        ...auditNotices(overview.audit),
        ...alarmNotices(alarms),
        ...upstreamNotices(overview.upstreams),
        {
          kind: 'figures',
          figures: [
            ...upstreamFigures(overview.upstreams),
            alarmFigure(alarms),
            auditFigure(overview.audit),
            { label: 'Secrets that end within 30 days', value: count(overview.endingSecrets.length) },
            { label: 'Links to look at', value: atLeast(reviews.reviews, reviews.next) },
            { label: 'Acts that wait for approval', value: atLeast(proposals.changes, proposals.next) },
            {
              label: 'Logged in today',
              value: count(sum(today, 'finished')),
              hint: `of ${count(sum(today, 'started'))} begun`,
            },
            { label: 'Came back from itsme today', value: share(back, away), hint: `${count(back)} of ${count(away)}` },
          ],
        },
        ...secretBlocks(overview, now),
        keyFold(overview, now),
        upstreamTable(overview.upstreams),
        ...loginBlocks(days, overview.days),
        appsTable(overview),
        ...linkDecisionBlocks(overview, days),
        ...funnelBlocks(overview.days, `How far people come, all apps, last ${DAYS} days`),
      ],
    }
  },
}
