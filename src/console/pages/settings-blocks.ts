import { wordsOf } from '#src/console/app-settings/form-fields.ts'
import type { Overtaken } from '#src/console/app-settings/merge.ts'
import { type Metadata, read, type Setting } from '#src/console/app-settings/setting.ts'
import type { Block, CellLike } from '#src/console/blocks.ts'

/** What is set, to be read; what is not set is left out. */
export const factBlocks = (settings: readonly Setting[], metadata: Metadata): readonly Block[] => {
  const groups = new Map<string, { label: string; cells: readonly CellLike[] }[]>()
  for (const setting of settings) {
    const words = wordsOf(setting, read(setting, metadata))
    const isList = setting.kind === 'lines'
    const cells = isList ? words.map(text => ({ text, code: true })) : words.slice(0, 1).map(() => words.join(', '))
    const rows = groups.get(setting.group) ?? []
    if (cells.length > 0) groups.set(setting.group, [...rows, { label: setting.label, cells }])
  }
  return [...groups].map(([title, rows]) => ({ kind: 'facts', title, rows }))
}

const said = (setting: Setting, texts: readonly string[]): string => wordsOf(setting, texts).join(', ') || 'nothing'

/** What somebody else has saved meanwhile, beside what is typed. */
export const overtakenBlock = (overtaken: readonly Overtaken[]): Block => ({
  kind: 'table',
  title: 'What somebody else has saved meanwhile',
  intro: 'What you typed is still in the form, and nothing of it is saved. Look at these, then save again.',
  empty: 'Nothing that is in this form.',
  columns: [{ label: 'Field' }, { label: 'As it is saved now' }, { label: 'In the form' }],
  rows: overtaken.map(({ setting, now, typed, clash }) => [
    setting.label,
    said(setting, now),
    clash ? { text: said(setting, typed), hint: 'Saving puts this in its place.' } : 'the same',
  ]),
})
