import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Filled, isSame, type Metadata, plain, read, type Setting } from './setting.ts'

const MARK_CHARACTERS = 11

const markOf = (texts: readonly string[]): string =>
  createHash('sha256').update(plain(texts)).digest('base64url').slice(0, MARK_CHARACTERS)

/** What a form was made from, by the names of its fields; it has no others. */
export type Marks = Readonly<Record<string, string>>

/** What a form is made from, for its hidden field. */
export const marksOf = (settings: readonly Setting[], metadata: Metadata): string =>
  JSON.stringify(Object.fromEntries(settings.map(setting => [setting.name, markOf(read(setting, metadata))])))

const marksSchema = z.record(z.string(), z.string())

/** Reads what {@link marksOf} told; undefined where it did not tell that, so that the form is none of ours. */
export const readMarks = (text: string): Marks | undefined => {
  try {
    return marksSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** The settings that were in a form. */
export const inForm = (settings: readonly Setting[], marks: Marks): readonly Setting[] =>
  settings.filter(({ name }) => Object.hasOwn(marks, name))

/** Those of them that whoever sent it has changed. */
export const changedIn = (settings: readonly Setting[], marks: Marks, typed: Filled): readonly Setting[] =>
  inForm(settings, marks).filter(({ name }) => marks[name] !== markOf(typed[name] ?? []))

/** A field that somebody else has changed since a form was made. `clash`: whoever has the form has changed it, too. */
export type Overtaken = {
  readonly setting: Setting
  readonly now: readonly string[]
  readonly typed: readonly string[]
  readonly clash: boolean
}

/**
 * A form over metadata that somebody else has saved since: their value of what was left as it was, what was typed of all
 * else, and which fields they have changed.
 * @param marks of when the form was made; what they do not hold was not in the form
 */
export const mergeOf = (
  settings: readonly Setting[],
  { metadata, marks, typed }: { metadata: Metadata; marks: Marks; typed: Filled },
): { filled: Filled; overtaken: readonly Overtaken[] } => {
  const overtaken: Overtaken[] = []
  const filled = settings.map((setting): [string, readonly string[]] => {
    const now = read(setting, metadata)
    const mine = Object.hasOwn(marks, setting.name) ? (typed[setting.name] ?? []) : now
    if (isSame(mine, now)) return [setting.name, mine]
    const isTheirs = marks[setting.name] !== markOf(now)
    const isMine = marks[setting.name] !== markOf(mine)
    if (isTheirs) overtaken.push({ setting, now, typed: mine, clash: isMine })
    return [setting.name, isMine ? mine : now]
  })
  return { filled: Object.fromEntries(filled), overtaken }
}
