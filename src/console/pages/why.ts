import type { RecordView } from '#src/admin/operations/record-view.ts'
import type { Bar, CellLike, Facts, Table } from '#src/console/blocks.ts'
import { fieldWord, levelWord, reasonWord, rivalWord } from '#src/console/matching-words.ts'
import { oneIn } from '#src/console/words.ts'

const FULL = 1000
const DIGITS = 1

/** A number of bits with its sign. */
export const bits = (number: number): string => `${number > 0 ? '+' : ''}${number.toFixed(DIGITS)}`

/** Where each step of a sum begins and ends. */
const stepsOf = ({ start, fields }: RecordView): readonly { readonly before: number; readonly after: number }[] => {
  let reached = start
  return fields.map(({ bits: step }) => {
    const before = reached
    reached += step
    return { before, after: reached }
  })
}

/** Draws steps on one scale, from the lowest to the highest they reach. */
const scaleOf = (points: readonly number[]) => {
  const [low, high] = [Math.min(0, ...points), Math.max(0, ...points)]
  const span = Math.max(high - low, 1)
  return (from: number, to: number): Bar => {
    // A step of nothing is seen, too, at the end of the scale as well.
    const width = Math.max(4, Math.round((Math.abs(to - from) / span) * FULL))
    const start = Math.round(((Math.min(from, to) - low) / span) * FULL)
    return { from: Math.min(start, FULL - width), width, tone: to >= from ? 'good' : 'bad' }
  }
}

/** What a bit is, and against whom it is counted: of a housemate, the same address says nothing. */
const bitWords = (runnerUp: string): string => {
  const bit = 'A bit doubles the odds that the record is this person’s and not that of'
  const side = 'Right is for the person, left against.'
  if (runnerUp === 'stranger') return `${bit} a stranger. ${side}`
  return `${bit} ${rivalWord(runnerUp)}, who comes nearest: a field that both would share adds 0. The last column counts the same field against a stranger. ${side}`
}

/**
 * What each field adds or takes, from what was believed before to how far the person is ahead of the runner-up; where that
 * is no stranger, beside it against one.
 */
export const waterfall = (record: RecordView): Table => {
  const { fields, start, margin, runnerUp, strangerStart, strangerMargin } = record
  const isStranger = runnerUp === 'stranger'
  const steps = stepsOf(record)
  const draw = scaleOf([start, margin, ...steps.flatMap(({ before, after }) => [before, after])])
  const row = (name: string, hint: string, bar: Bar, number: number, stranger: number): readonly CellLike[] => [
    { text: name, ...(hint && { hint }), bar },
    bits(number),
    ...(isStranger ? [] : [bits(stranger)]),
  ]
  return {
    kind: 'table',
    title: `Evidence for ${record.serviceLine} ${record.customerId}`,
    empty: 'No field was compared.',
    intro: bitWords(runnerUp),
    columns: [
      { label: 'Field, and what it adds or takes' },
      { label: 'Bits', number: true },
      ...(isStranger ? [] : [{ label: 'Against a stranger', number: true }]),
    ],
    rows: [
      row('Before any field', 'how rare a right record is among all', draw(0, start), start, strangerStart),
      ...fields.map((field, index) => {
        const { before = 0, after = 0 } = steps[index] ?? {}
        return row(fieldWord(field.field), levelWord(field.level), draw(before, after), field.bits, field.strangerBits)
      }),
      row('Ahead of the runner-up', rivalWord(runnerUp), { ...draw(0, margin), tone: 'plain' }, margin, strangerMargin),
    ],
  }
}

/** What came of a record in a decision. */
export const VERDICTS: Readonly<Record<string, { text: string; tag: 'good' | 'warning' | 'plain' }>> = {
  linked: { text: 'linked', tag: 'good' },
  offered: { text: 'not certain: offered for a proof', tag: 'warning' },
}

/** How likely a link would be wrong, and what is accepted at most. */
export const wrongCell = ({ wrong }: RecordView, accepted: number | undefined): CellLike => ({
  text: oneIn(wrong),
  ...(accepted !== undefined && { hint: `accepted is ${oneIn(accepted)}` }),
})

/** A record of a decision with its evidence; without a budget nothing is said of what is accepted. */
export const recordBlocks = (record: RecordView, errorBudget?: number): readonly (Facts | Table)[] => [
  {
    kind: 'facts',
    rows: [
      { label: 'Record', cells: [`${record.serviceLine} ${record.customerId}`] },
      { label: 'Verdict', cells: [VERDICTS[record.verdict] ?? { text: record.verdict, tag: 'plain' }] },
      { label: 'Because', cells: [{ text: reasonWord(record.because), hint: record.because }] },
      { label: 'Would be wrong', cells: [wrongCell(record, errorBudget)] },
      { label: 'Runner-up', cells: [rivalWord(record.runnerUp)] },
    ],
  },
  waterfall(record),
]
