import type { Problem } from '#src/admin/api/problem.ts'
import { linesOf } from '#src/console/fields.ts'
import type { Field } from '#src/console/form.ts'
import type { Json } from '#src/kernel/runtime.ts'

/** Metadata of an app, as they are stored: defaults are left out. */
export type Metadata = { readonly [name: string]: Json | undefined }

/** What an app is: whether people log in at it in a browser or by a code, or it acts for itself. */
export type AppKind = 'app' | 'device' | 'machine'

/** One thing to set about an app, as a form asks for it. */
export type Setting = {
  /** Of its field in the form: without dots, which form parsers take apart. */
  readonly name: string
  /** Where it is in the metadata, a part of a field after a dot; where its field is called otherwise. */
  readonly path?: string
  readonly label: string
  readonly hint?: string
  readonly group: string
  /**
   * `lines`: a list, one a line; `checks`: a list of some of `options`, and `words` one with blanks between them: what is
   * none of them stays; `json`: anything else.
   */
  readonly kind: 'text' | 'lines' | 'number' | 'select' | 'flag' | 'checks' | 'words' | 'json'
  /** Of `select`, `checks` and `words`; an empty value leaves the field out. */
  readonly options?: NonNullable<Field['options']>
  /** What holds where the field is left out; for `flag` as its words. */
  readonly standard?: Json
  /** A field that the form does not have and that means nothing without this one: it goes when this one is left out. */
  readonly beside?: string
  /** For which kinds of apps; all where it is left out. */
  readonly of?: readonly AppKind[]
}

/** A setting whose group is told of all of its kind. */
export type Described = Omit<Setting, 'group'>

/** Apps that people log in at in a browser, and those that people log in at at all. */
export const BROWSER: readonly AppKind[] = ['app']
export const PEOPLE: readonly AppKind[] = ['app', 'device']

/** Choices of names that are told as they are; `left` says what none of them means. */
export const choices = (left: string, values: readonly string[]): NonNullable<Field['options']> => [
  { value: '', label: left },
  ...values.map(value => ({ value, label: value })),
]

/** What stands in a form, by the names of its fields: all that is checked, else one text. */
export type Filled = Readonly<Record<string, readonly string[]>>

const valueAt = (metadata: Metadata, path: string): Json | undefined => {
  const [field = '', part] = path.split('.')
  const value = metadata[field]
  return part === undefined ? value : (value as Metadata | undefined)?.[part]
}

/** All values of a setting with several, in the order they are stored in. */
const several = ({ kind, name, path = name, standard }: Setting, metadata: Metadata): readonly string[] => {
  const value = valueAt(metadata, path) ?? standard ?? []
  const all = kind === 'words' ? String(value).split(' ') : (value as readonly Json[]).map(String)
  return all.filter(one => one !== '')
}

/** What is ticked of a setting, over what is stored: the rest of that stays, and what stays is not moved. */
const ticked = (setting: Setting, texts: readonly string[], metadata: Metadata): readonly string[] => {
  const all = several(setting, metadata)
  const isOption = (one: string): boolean => setting.options?.some(({ value }) => value === one) === true
  return [...all.filter(one => !isOption(one) || texts.includes(one)), ...texts.filter(one => !all.includes(one))]
}

/** A setting as its field shows it. */
export const read = (setting: Setting, metadata: Metadata): readonly string[] => {
  const { kind, name, path = name, standard, options = [] } = setting
  const value = valueAt(metadata, path)
  switch (kind) {
    case 'checks':
    case 'words': {
      // As a browser sends them, whatever order they are stored in.
      const all = several(setting, metadata)
      return options.map(option => option.value).filter(one => all.includes(one))
    }
    case 'lines':
      return [((value ?? []) as readonly Json[]).map(String).join('\n')]
    case 'json':
      return [value === undefined ? '' : JSON.stringify(value, undefined, 2)]
    case 'select':
      return [String(value ?? standard ?? '')]
    default:
      return [value === undefined ? '' : String(value)]
  }
}

/** What a field says as one text, however a browser ends lines. */
export const plain = (texts: readonly string[]): string => texts.map(text => linesOf(text).join('\n')).join('\0')

/** Whether two fields say the same. */
export const isSame = (one: readonly string[], other: readonly string[]): boolean => plain(one) === plain(other)

type Written = { readonly value: Json | undefined } | { readonly problem: Problem }

const readJson = (name: string, text: string): Written => {
  try {
    return { value: JSON.parse(text) as Json }
  } catch {
    const errors = [{ field: name, reason: 'is not JSON', fix: 'look for a missing comma, quote or bracket' }]
    return { problem: { status: 400, code: 'request.invalid', title: 'the text is not JSON', errors } }
  }
}

/** What a field comes to; undefined leaves it out. What is no number goes on as it is, to be told by the lint. */
const write = (setting: Setting, texts: readonly string[], metadata: Metadata): Written => {
  const { kind, name, standard } = setting
  if (kind === 'checks') return { value: [...ticked(setting, texts, metadata)] }
  if (kind === 'words') {
    // Nothing is not left out where that would mean the standard value: more than anybody ticked.
    return { value: ticked(setting, texts, metadata).join(' ') || (standard ? '' : undefined) }
  }
  const text = (texts[0] ?? '').trim()
  if (text === '') return { value: undefined }
  switch (kind) {
    case 'lines':
      return { value: [...linesOf(text)] }
    case 'number':
      return { value: Number.isNaN(Number(text)) ? text : Number(text) }
    case 'flag':
      return { value: text === 'true' }
    case 'json':
      return readJson(name, text)
    default:
      return { value: text }
  }
}

/** Metadata with a field set, or a part of one; without it where nothing is left of it. */
const withValue = (metadata: Metadata, path: string, value: Json | undefined): Metadata => {
  const [field = '', part] = path.split('.')
  if (part === undefined) return { ...metadata, [field]: value }
  const parts = Object.entries({ ...(metadata[field] as Metadata | undefined), [part]: value })
  const left = parts.filter(([, one]) => one !== undefined)
  return { ...metadata, [field]: left.length === 0 ? undefined : (Object.fromEntries(left) as Json) }
}

/**
 * Metadata with what a form says. What it leaves as it was stays as it was stored, a default as one; so does what the form
 * does not have.
 */
export const writeAll = (
  settings: readonly Setting[],
  before: Metadata,
  filled: Filled,
): { metadata: { readonly [name: string]: Json } } | { problem: Problem } => {
  let metadata = before
  for (const setting of settings) {
    const texts = filled[setting.name]
    if (texts === undefined || isSame(texts, read(setting, before))) continue
    const written = write(setting, texts, metadata)
    if ('problem' in written) return written
    metadata = withValue(metadata, setting.path ?? setting.name, written.value)
    if (setting.beside !== undefined && written.value === undefined) {
      metadata = withValue(metadata, setting.beside, undefined)
    }
  }
  const given = Object.entries(metadata).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return { metadata: Object.fromEntries(given) }
}
