import { createHash } from 'node:crypto'
import { type Filled, isSame, type Metadata, plain, read, type Setting } from './setting.ts'

const MARK_CHARACTERS = 11

const markOf = (texts: readonly string[]): string =>
  createHash('sha256').update(plain(texts)).digest('base64url').slice(0, MARK_CHARACTERS)

/** What a form was made from, by field: for {@link mergeOf}, when somebody else saves before it is sent. */
export const marksOf = (settings: readonly Setting[], metadata: Metadata): string =>
  JSON.stringify(Object.fromEntries(settings.map(setting => [setting.name, markOf(read(setting, metadata))])))

const readMarks = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return (JSON.parse(text) ?? {}) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}

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
 * @param marks what {@link marksOf} told when the form was made; what they do not hold was not in the form
 */
export const mergeOf = (
  settings: readonly Setting[],
  { metadata, marks, typed }: { metadata: Metadata; marks: string; typed: Filled },
): { filled: Filled; overtaken: readonly Overtaken[] } => {
  const known = readMarks(marks)
  const overtaken: Overtaken[] = []
  const filled = settings.map((setting): [string, readonly string[]] => {
    const now = read(setting, metadata)
    const mine = setting.name in known ? (typed[setting.name] ?? []) : now
    if (isSame(mine, now)) return [setting.name, mine]
    const isTheirs = known[setting.name] !== markOf(now)
    const isMine = known[setting.name] !== markOf(mine)
    if (isTheirs) overtaken.push({ setting, now, typed: mine, clash: isMine })
    return [setting.name, isMine ? mine : now]
  })
  return { filled: Object.fromEntries(filled), overtaken }
}
