import type { DecisionView } from '#src/admin/operations/decisions.ts'
import type { Block, CellLike, Facts, Fold, Table } from '#src/console/blocks.ts'
import { outcomeWord, reasonWord } from '#src/console/matching-words.ts'
import { moment } from '#src/console/words.ts'
import { accountCell } from './account-tabs.ts'
import { recordBlocks, VERDICTS } from './why.ts'

const decisionTitle = ({ at }: DecisionView): string => `Decided ${moment(at)}`

const decisionId = ({ event }: DecisionView): string => `decision-${event}`

/** The way to a decision on the same page. */
export const decisionCell = (decision: DecisionView): CellLike => ({
  text: moment(decision.at),
  href: `#${decisionId(decision)}`,
})

/** A decision as it was made then. */
const decisionFacts = (decision: DecisionView): Facts => {
  const { client, account, outcome, ruleVersion, compared, hindrances } = decision
  return {
    kind: 'facts',
    rows: [
      { label: 'Outcome', cells: [outcomeWord(outcome)] },
      ...(account === undefined ? [] : [{ label: 'Account', cells: [accountCell(account)] }]),
      ...(client === undefined ? [] : [{ label: 'At app', cells: [{ text: client, code: true }] }]),
      { label: 'Rules', cells: [{ text: ruleVersion, code: true }] },
      { label: 'Records compared', cells: [String(compared)] },
      ...(hindrances.length === 0 ? [] : [{ label: 'Stood against it', cells: hindrances.map(reasonWord) }]),
    ],
  }
}

const comparedBlocks = ({ records, errorBudget }: DecisionView): readonly (Facts | Table)[] =>
  records.flatMap(record => recordBlocks(record, errorBudget))

/** A decision as it was made then, with its evidence. */
export const decisionBlocks = (decision: DecisionView): readonly Block[] => [
  { ...decisionFacts(decision), title: decisionTitle(decision) },
  ...comparedBlocks(decision),
]

/** The same, folded. */
export const decisionFold = (decision: DecisionView, open: boolean): Fold => {
  const { outcome, records } = decision
  const verdicts = records.map(
    ({ serviceLine, customerId, verdict }) => `${serviceLine} ${customerId}: ${VERDICTS[verdict]?.text ?? verdict}`,
  )
  return {
    kind: 'fold',
    id: decisionId(decision),
    title: decisionTitle(decision),
    hint: [outcomeWord(outcome), ...verdicts].join(' · '),
    open,
    blocks: [decisionFacts(decision), ...comparedBlocks(decision)],
  }
}
