import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { type DescribedFile, listFiles, parseFile, type Schema } from './described-files.ts'

/** What files of a folder describe, one thing each, by its id. */
export type FileRegistry<Thing> = {
  find(id: string): Thing | undefined
  all(): readonly Thing[]
}

/** A file whose content is known; `thing` is its last good version, if it ever had one. */
type Entry<Thing> = { readonly stamp: string; readonly thing: Thing | undefined }
type Entries<Thing> = ReadonlyMap<string, Entry<Thing>>

/** Reads what changed since `known` was read. */
const readFiles = <Thing>(
  dir: string,
  files: readonly DescribedFile[],
  schema: Schema<Thing>,
  known: Entries<Thing>,
) => {
  const entries = new Map<string, Entry<Thing>>()
  const problems: string[] = []
  for (const file of files) {
    const before = known.get(file.path)
    if (before?.stamp === file.stamp) {
      entries.set(file.path, before)
      continue
    }
    const parsed = parseFile(dir, file, schema)
    if ('problems' in parsed) problems.push(...parsed.problems)
    entries.set(file.path, { stamp: file.stamp, thing: 'thing' in parsed ? parsed.thing : before?.thing })
  }
  return { entries, problems }
}

const RECHECK_MS = 1000

/**
 * Opens a registry over a folder of files. Changed, new and removed files are seen within a second, without a restart; a
 * file that became wrong is logged and its last good version stays, so that a typing error ends no login.
 * @param deps.kind what a file describes, such as `client`: `dir` has `NAME.json`, or `NAME/<kind>.json`
 * @param deps.check problems of all together, such as an id that stands in two files
 * @throws PiasError `config.invalid` when a file is wrong at the start, naming every problem by file and field;
 *   `config.unreadable` when the folder cannot be read
 */
export const openFileRegistry = <Thing>(deps: {
  kind: string
  dir: string
  schema: Schema<Thing>
  idOf: (thing: Thing) => string
  check: (things: readonly Thing[]) => string[]
  clock: Clock
  logger: Logger
}): FileRegistry<Thing> => {
  const { kind, dir, schema, idOf, clock, logger } = deps
  let entries: Entries<Thing> = new Map()
  let things: ReadonlyMap<string, Thing> = new Map()
  let checkedAt = clock()

  const scan = (): string[] => {
    const read = readFiles(dir, listFiles(dir, kind), schema, entries)
    entries = read.entries
    const all = [...entries.values()].flatMap(({ thing }) => (thing === undefined ? [] : [thing]))
    // Of two with the same id the first counts.
    things = new Map(all.toReversed().map(thing => [idOf(thing), thing]))
    return [...read.problems, ...deps.check(all)]
  }

  const recheck = (): void => {
    const now = clock()
    if (now - checkedAt < RECHECK_MS) return
    checkedAt = now
    try {
      const problems = scan()
      if (problems.length > 0) logger.error({ problems }, `${kind} files have problems; last good versions stay`)
    } catch (error) {
      logger.error({ code: (error as NodeJS.ErrnoException).code }, `the ${kind} folder cannot be read`)
    }
  }

  const open = (): string[] => {
    try {
      return scan()
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
      throw new PiasError('config.unreadable', `cannot read the ${kind} folder ${dir} (${reason})`, { cause })
    }
  }
  const problems = open()
  if (problems.length > 0) throw new PiasError('config.invalid', problems.join('; '))

  return {
    find: id => {
      recheck()
      return things.get(id)
    },
    all: () => {
      recheck()
      return [...things.values()].toReversed()
    },
  }
}

/** Values that occur more than once, each once. */
export const duplicates = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
]
