import type { DecisionView } from '#src/admin/operations/decisions.ts'
import type { LinkView } from '#src/admin/operations/link-history.ts'
import type { CellLike, Fold, Table } from '#src/console/blocks.ts'
import { methodWord, proofWord, reasonWord, rivalWord } from '#src/console/matching-words.ts'
import { moment } from '#src/console/words.ts'
import { accountCell, accountPath } from './account-tabs.ts'
import { KINDS } from './links.ts'
import { bits, waterfall, wrongCell } from './why.ts'
import { decisionCell } from './why-decided.ts'

const foldId = (place: number): string => `record-${place + 1}`

/** Where the evidence of a record of an account is. @param place of the record among those of the account */
export const recordPath = (accountId: string, place: number): string =>
  `${accountPath(accountId)}/why?record=${place + 1}#${foldId(place)}`

const nameOf = ({ serviceLine, customerId }: Pick<LinkView, 'serviceLine' | 'customerId'>): string =>
  `${serviceLine} ${customerId}`

const howCell = ({ method, proof }: LinkView): CellLike => ({
  text: methodWord(method),
  ...(proof !== undefined && { hint: proofWord(proof) }),
})

/** Who moved a record last, if anybody did. */
const whoCell = ({ acts: [last] }: LinkView): CellLike =>
  last === undefined
    ? '–'
    : {
        text: last.by,
        code: true,
        hint: [KINDS[last.kind] ?? last.kind, ...(last.decidedBy ? [`approved by ${last.decidedBy}`] : [])].join(', '),
      }

/** The records of an account, each in a line that leads to its evidence. */
export const summaryTable = (accountId: string, links: readonly LinkView[]): Table => ({
  kind: 'table',
  title: 'Its records',
  intro: 'How each came here, and how certain it was. A record leads to its evidence.',
  empty: 'It has no record.',
  columns: [
    { label: 'Record' },
    { label: 'How' },
    { label: 'Moved by' },
    { label: 'Would be wrong' },
    { label: 'Ahead by (bits)', number: true },
    { label: 'Result' },
  ],
  rows: links.map((link, place): readonly CellLike[] => {
    const { evidence, linkedAt } = link
    return [
      { text: nameOf(link), href: recordPath(accountId, place) },
      howCell(link),
      whoCell(link),
      evidence === undefined ? '–' : wrongCell(evidence, undefined),
      evidence === undefined ? '–' : { text: bits(evidence.margin), hint: rivalWord(evidence.runnerUp) },
      { text: 'linked', tag: 'good', hint: moment(linkedAt) },
    ]
  }),
})

const actsTable = (link: LinkView): Table => ({
  kind: 'table',
  title: `Who moved ${nameOf(link)}`,
  empty: '',
  columns: [{ label: 'When' }, { label: 'What' }, { label: 'By' }, { label: 'From' }, { label: 'Why' }],
  rows: link.acts.map(({ id, kind, at, by, decidedBy, from, reason }): readonly CellLike[] => [
    { text: moment(at), href: `/link-changes/${id}` },
    KINDS[kind] ?? kind,
    { text: by, code: true, ...(decidedBy !== undefined && { hint: `approved by ${decidedBy}` }) },
    accountCell(from),
    reason,
  ]),
})

/** How a record came to its account: proof, who, every act since, and the evidence. @param decisions on the same page */
export const recordFold = (
  link: LinkView,
  { place, open, decisions }: { place: number; open: boolean; decisions: readonly DecisionView[] },
): Fold => {
  const { ruleVersion, linkedAt, acts, evidence } = link
  const decision = decisions.find(({ event }) => event === link.decision)
  return {
    kind: 'fold',
    id: foldId(place),
    title: `How ${nameOf(link)} came here`,
    hint: `${methodWord(link.method)} · ${moment(linkedAt)}`,
    open,
    blocks: [
      {
        kind: 'facts',
        rows: [
          { label: 'Linked', cells: [moment(linkedAt)] },
          { label: 'How', cells: [howCell(link)] },
          { label: 'Rules', cells: [{ text: ruleVersion, code: true }] },
          ...(decision === undefined ? [] : [{ label: 'Decided', cells: [decisionCell(decision)] }]),
          ...(evidence === undefined
            ? []
            : [
                { label: 'Because', cells: [{ text: reasonWord(evidence.because), hint: evidence.because }] },
                { label: 'Would be wrong', cells: [wrongCell(evidence, decision?.errorBudget)] },
                { label: 'Runner-up', cells: [rivalWord(evidence.runnerUp)] },
              ]),
        ],
      },
      ...(acts.length === 0 ? [] : [actsTable(link)]),
      ...(evidence === undefined ? [] : [waterfall(evidence)]),
    ],
  }
}
