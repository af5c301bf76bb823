import type { Problem } from '#src/admin/api/problem.ts'
import { linesOf } from '#src/console/fields.ts'
import type { Field } from '#src/console/form.ts'
import type { Filled, Setting } from './setting.ts'

/** Names of fields that are no words, so that a sentence with one means the field. */
const isName = (name: string): boolean => name.includes('_') || name === 'jwks'

/** A sentence about metadata with its fields, and what is chosen of them as JSON, called as the form calls them. */
export const inWords = (sentence: string, settings: readonly Setting[]): string =>
  settings
    .filter(({ name }) => isName(name))
    .reduce(
      (text, { name, label, options = [] }) =>
        text
          .replace(new RegExp(`"${name}": "([^"]*)"`, 'g'), (_, chosen: string) => {
            const option = options.find(({ value }) => value === chosen)
            return `“${label}”: “${option?.label ?? chosen}”`
          })
          .replace(new RegExp(`(?<![\\w.])${name}(?![\\w.])`, 'g'), `“${label}”`),
      sentence,
    )

/** The field of the form that a field of the metadata is told at: of several that are parts of it, its own. */
const settingAt = (field: string, settings: readonly Setting[]): Setting | undefined =>
  settings.find(({ name }) => name === field) ?? settings.find(({ path }) => path === field)

/** A problem as whoever has the form before them reads it. */
export const problemInWords = (problem: Problem, settings: readonly Setting[]): Problem => ({
  ...problem,
  ...(problem.errors && {
    errors: problem.errors.map(({ field, reason, fix }) => ({
      field: settingAt(field, settings)?.name ?? field,
      reason: inWords(reason, settings),
      // Of JSON alone.
      fix: inWords(fix.replace(/, without quotes$/, ''), settings),
    })),
  }),
})

const KINDS = { lines: 'area', json: 'area', flag: 'select', words: 'checks' } as const

/** What is chosen of a flag: nothing is as it is for apps that say nothing. */
const flagOptions = ({ standard }: Setting): NonNullable<Field['options']> => [
  { value: '', label: `As usual: ${standard}` },
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
]

/** A setting as a field of a form. */
export const fieldOf = (setting: Setting, filled: Filled): Field => {
  const { name, label, hint, group, kind } = setting
  const options = kind === 'flag' ? flagOptions(setting) : setting.options
  const values = filled[name] ?? []
  return {
    name,
    label,
    group,
    kind: kind in KINDS ? KINDS[kind as keyof typeof KINDS] : (kind as NonNullable<Field['kind']>),
    value: values[0] ?? '',
    values,
    ...(hint !== undefined && { hint }),
    ...(options !== undefined && { options }),
  }
}

/** What a field says, in words: what is chosen by its label, a list line by line. */
export const wordsOf = (setting: Setting, texts: readonly string[]): readonly string[] => {
  const options = setting.kind === 'flag' ? flagOptions(setting) : (setting.options ?? [])
  const said = texts.flatMap(text => (setting.kind === 'lines' ? linesOf(text) : [text]))
  const labels = said.map(text => options.find(({ value }) => value === text)?.label ?? text)
  return labels.filter(label => label !== '')
}
