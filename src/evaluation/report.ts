import { upperBound } from './binomial-bound.ts'
import type { Counts, Tally } from './tally.ts'

/** Wrong links that are told one by one. */
const MOST_TOLD = 20

/** The figures of some identities, each a share from 0 to 1; NaN where there was nothing to count. */
export type Figures = {
  /** Of the records linked, those that are the person's own. */
  readonly precision: number
  /** With 95 % certainty at most this share of links is wrong. */
  readonly wrongAtMost: number
  /** Of the identities that own a record, those with a right link and no wrong one. */
  readonly identityRecall: number
  /** Of the records the identities own, those linked at once; linked or offered for proof; and that an invoice of theirs proves. */
  readonly recordRecall: number
  readonly recordRecallWithProof: number
  readonly recordRecallWithInvoice: number
  /** Of all identities, those that are asked. */
  readonly confirmRate: number
  /** Of the identities that own nothing, those to whom nothing was linked. */
  readonly strangersKeptOut: number
  /** Records of others offered for proof, per identity. */
  readonly foreignOffered: number
}

/** Makes rates of counts. */
export const figuresOf = (counts: Counts): Figures => ({
  precision: 1 - counts.wrong / counts.links,
  wrongAtMost: upperBound(counts.wrong, counts.links),
  identityRecall: counts.ownersRight / counts.owners,
  recordRecall: counts.recordsLinked / counts.records,
  recordRecallWithProof: counts.recordsWithProof / counts.records,
  recordRecallWithInvoice: (counts.recordsWithProof + counts.recordsByInvoice) / counts.records,
  confirmRate: counts.asked / counts.identities,
  strangersKeptOut: 1 - counts.strangersLinked / counts.strangers,
  foreignOffered: counts.foreignOffered / counts.identities,
})

const whole = (count: number): string => count.toLocaleString('en')
const share = (value: number, digits = 4): string => (Number.isNaN(value) ? '–' : value.toFixed(digits))
const small = (value: number): string => (value >= 0.01 ? value.toFixed(3) : value.toExponential(1))

const overall = (counts: Counts): string[] => {
  const figures = figuresOf(counts)
  const rows: readonly (readonly [string, string])[] = [
    ['identities', `${whole(counts.identities)}, of which ${whole(counts.owners)} own a record`],
    ['links', whole(counts.links)],
    ['wrong links', `${whole(counts.wrong)} (95 % bound: ${small(figures.wrongAtMost)} of links)`],
    ['precision', share(figures.precision, 7)],
    ['recall of identities', share(figures.identityRecall)],
    ['recall of records', share(figures.recordRecall)],
    ['  with a second proof', share(figures.recordRecallWithProof)],
    ['  or with its number and invoice', share(figures.recordRecallWithInvoice)],
    ['confirm rate', share(figures.confirmRate)],
    ['people without records, never linked', share(figures.strangersKeptOut)],
    ['foreign records offered per 1,000', share(1000 * figures.foreignOffered, 1)],
  ]
  return rows.map(([name, value]) => `${name.padEnd(38)}${value}`)
}

const HEADINGS = ['identities', 'links', 'wrong', 'bound', 'identities', 'records', 'w. proof', 'confirm']
const CLASS_WIDTH = 22
const COLUMN_WIDTH = 11

const row = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(CLASS_WIDTH)}${cells.map(cell => cell.padStart(COLUMN_WIDTH)).join('')}`

const classRow = (name: string, counts: Counts): string => {
  const figures = figuresOf(counts)
  return row(name, [
    whole(counts.identities),
    whole(counts.links),
    whole(counts.wrong),
    counts.links === 0 ? '–' : small(figures.wrongAtMost),
    share(figures.identityRecall),
    share(figures.recordRecall),
    share(figures.recordRecallWithProof),
    share(figures.confirmRate),
  ])
}

const wrongLines = ({ wrongLinks }: Tally): string[] => {
  if (wrongLinks.length === 0) return []
  const told = wrongLinks.slice(0, MOST_TOLD).map(({ identityId, customerId }) => `  ${identityId} -> ${customerId}`)
  const more = wrongLinks.length - told.length
  return ['', 'wrong links:', ...told, ...(more > 0 ? [`  and ${whole(more)} more`] : [])]
}

/** A run's figures as text: over all identities, by class, and its wrong links by id. */
export const reportOf = (tally: Tally): string => {
  const classes = [...tally.classes].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  return [
    ...overall(tally.all),
    ...(tally.unknown > 0 ? [`${whole(tally.unknown)} identities have no truth and are not counted`] : []),
    '',
    row('by class', HEADINGS),
    ...classes.map(([name, counts]) => classRow(name, counts)),
    ...wrongLines(tally),
    '',
  ].join('\n')
}
