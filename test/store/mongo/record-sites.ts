import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Collection } from 'mongodb'
import { ROOT } from '#test/support/processes.ts'

/** The methods of the driver that query or change by a query; an insert has no plan. */
const METHODS = [
  'aggregate',
  'bulkWrite',
  'countDocuments',
  'deleteMany',
  'deleteOne',
  'distinct',
  'find',
  'findOne',
  'findOneAndDelete',
  'findOneAndReplace',
  'findOneAndUpdate',
  'replaceOne',
  'updateMany',
  'updateOne',
]
const CALL = new RegExp(`\\.(${METHODS.join('|')})\\(`)

const FOLDER = join('src', 'store', 'mongo')
const IN_STACK = /src\/store\/mongo\/(\S+\.ts):(\d+):\d+/

/** Every line that calls the driver, migrations aside, as `file:line`, with what it says. */
const findSites = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts') && !file.startsWith('schema'))
      .flatMap(file =>
        readFileSync(join(ROOT, FOLDER, file), 'utf8')
          .split('\n')
          .flatMap((line, index) => (CALL.test(line) ? [[`${file}:${index + 1}`, line.trim()] as const] : [])),
      ),
  )

/**
 * Notes which lines of the store call the driver, so that a suite can tell which queries it has never seen. Between
 * `watch` and `end` the driver's own methods are wrapped, and do as they always did.
 */
export const createSiteRecorder = () => {
  const known = findSites()
  const seen = new Set<string>()
  const prototype = Collection.prototype as unknown as Record<string, (...values: unknown[]) => unknown>
  const originals = METHODS.map(method => [method, prototype[method]] as const)

  const note = (): void => {
    const [, file, line] = IN_STACK.exec(new Error('where').stack ?? '') ?? []
    if (file !== undefined) seen.add(`${file}:${line}`)
  }
  return {
    watch: (): void => {
      for (const [method, original] of originals) {
        prototype[method] = function noting(this: unknown, ...values: unknown[]) {
          note()
          return original?.apply(this, values)
        }
      }
    },
    end: (): void => {
      for (const [method, original] of originals) if (original) prototype[method] = original
    },
    known: (): readonly string[] => [...known.keys()],
    /** Each with what the line says. */
    unseen: (): readonly string[] =>
      [...known].filter(([site]) => !seen.has(site)).map(([site, line]) => `${site} ${line}`),
  }
}
