import type { UpstreamHealth } from '#src/admin/operations/overview.ts'
import type { Block, Cell } from '#src/console/blocks.ts'
import { count, countAndShare, moment } from '#src/console/words.ts'

/** From this part of failed calls on it is not well, though calls are made still: the breaker waits for half. */
const WORRYING = 0.1

const stateOf = ({ breaker, calls, failures }: UpstreamHealth): Required<Pick<Cell, 'text' | 'tag'>> => {
  if (breaker === 'open') return { text: 'Down: not called', tag: 'bad' }
  if (breaker === 'half-open') return { text: 'Was down: being tried', tag: 'warning' }
  if (calls === 0) return { text: 'Not called lately', tag: 'plain' }
  return failures >= calls * WORRYING ? { text: 'Calls fail', tag: 'warning' } : { text: 'Well', tag: 'good' }
}

/** Whether upstreams are well, one figure for each. */
export const upstreamFigures = (upstreams: readonly UpstreamHealth[]) =>
  upstreams.map(one => ({
    label: `${one.name} now`,
    value: stateOf(one).text,
    hint: `one node: ${count(one.failures)} of ${count(one.calls)} calls failed`,
  }))

/** What says at the top of a page that an upstream is down. */
export const upstreamNotices = (upstreams: readonly UpstreamHealth[]): readonly Block[] =>
  upstreams
    .filter(({ breaker }) => breaker !== 'closed')
    .map(({ name }) => ({
      kind: 'notice',
      tone: 'warning',
      title: `${name} does not answer this node`,
      text: [
        'Most of the last calls failed. It is tried again by itself; people are offered other ways where the app has some.',
      ],
    }))

const time = (ms: number | undefined): string => (ms === undefined ? '–' : `${count(ms)} ms`)

/** How calls to upstreams go. */
export const upstreamTable = (upstreams: readonly UpstreamHealth[]): Block => ({
  kind: 'table',
  title: 'Upstreams, last 15 minutes',
  intro: 'As the node that made this page sees them: another node may see something else.',
  empty: 'None.',
  columns: [
    { label: 'Upstream' },
    { label: 'State' },
    ...['Calls', 'Failed', 'Half took less than', 'Slowest'].map(label => ({ label, number: true })),
    { label: 'Last failure' },
  ],
  rows: upstreams.map(one => [
    one.name,
    stateOf(one),
    count(one.calls),
    one.failures === 0 ? '0' : countAndShare(one.failures, one.calls),
    time(one.medianMs),
    time(one.slowestMs),
    one.lastFailureAt === undefined ? 'none since its start' : moment(one.lastFailureAt),
  ]),
})
