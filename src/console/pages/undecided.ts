import { notFound } from '#src/admin/api/problem.ts'
import type { DecisionView } from '#src/admin/operations/decisions.ts'
import { mayReveal } from '#src/admin/roles.ts'
import type { Block, CellLike } from '#src/console/blocks.ts'
import { clientCell } from '#src/console/client-cell.ts'
import type { ConsolePage } from '#src/console/console-page.ts'
import { outcomeWord, reasonWord } from '#src/console/matching-words.ts'
import type { Told } from '#src/console/told.ts'
import { refuse } from '#src/console/visit.ts'
import { count, moment } from '#src/console/words.ts'
import { wrongCell } from './why.ts'
import { decisionBlocks } from './why-decided.ts'

const BY_REFERENCE = 'Records are named by a reference: who knows the number finds it under People.'
const UNNAMED = 'Which records these are, only roles see that may reveal numbers.'

/** Where one login that was not decided is explained: found again by its time and number. */
export const undecidedPath = ({ at, event }: Pick<DecisionView, 'at' | 'event'>): string =>
  `/reviews/undecided/${at}.${event}`

const row = (decision: DecisionView): readonly CellLike[] => {
  const { at, client, outcome, compared, records, errorBudget, ruleVersion } = decision
  // Those that were offered come first, then those that came nearest.
  const [nearest] = records
  return [
    { text: moment(at), href: undecidedPath(decision) },
    client === undefined ? '' : clientCell(client),
    { text: outcomeWord(outcome), tag: 'plain', hint: nearest === undefined ? '' : reasonWord(nearest.because) },
    count(compared),
    nearest === undefined ? '–' : wrongCell(nearest, errorBudget),
    { text: ruleVersion, code: true },
  ]
}

/** Logins that matching would not decide, each with how near it came. @param older where the next page of them is */
export const undecidedTable = ({ decisions, next }: Told['listUndecided'], older: string): Block => ({
  kind: 'table',
  title: 'Logins that matching would not decide, the newest first',
  intro:
    'Records were found, and none was linked; what came of each is in the table. Those that need somebody are above.',
  empty: next === undefined ? 'None: every login was decided, or found nobody.' : 'None lately.',
  columns: [
    { label: 'When' },
    { label: 'App' },
    { label: 'Came out as' },
    { label: 'Records compared', number: true },
    { label: 'The nearest would be wrong' },
    { label: 'Rules' },
  ],
  rows: decisions.map(row),
  ...(next !== undefined && { more: { text: 'Older logins', href: older } }),
})

/** Why one login was not decided: every record that came near, field by field. */
export const undecidedPage: ConsolePage = {
  path: '/reviews/undecided/:login',
  show: async ({ ask, params, caller }) => {
    const [, at, number] = /^(\d+)\.(\d+)$/.exec(params.login ?? '') ?? refuse(notFound('login'))
    const event = Number(number)
    // A page holds what comes before its cursor.
    const cursor = `${at}.${event + 1}`
    const { decisions } = await ask('listUndecided', { query: { limit: '1', cursor } })
    const decision = decisions.find(one => one.event === event) ?? refuse(notFound('login'))
    return {
      title: 'A login that was not decided',
      lead: `As it was decided then. ${mayReveal(caller.roles) ? BY_REFERENCE : UNNAMED}`,
      crumbs: [{ text: 'Reviews', href: '/reviews' }],
      blocks: decisionBlocks(decision),
    }
  },
}
