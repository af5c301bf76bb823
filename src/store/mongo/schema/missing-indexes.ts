import type { Db, IndexDescriptionInfo } from 'mongodb'
import type { IndexWanted } from './migration.ts'
import { MIGRATIONS } from './migrations.ts'

const NAMESPACE_NOT_FOUND = 26

/** What makes an index another one, beside its keys in their order. */
const OPTIONS = ['unique', 'sparse', 'expireAfterSeconds', 'partialFilterExpression'] as const

/** What is false may stand there, or not. */
const textOf = (keys: object, options: Partial<Record<(typeof OPTIONS)[number], unknown>>): string =>
  JSON.stringify([
    Object.entries(keys),
    OPTIONS.map(option => (options[option] === false ? undefined : options[option])),
  ])

const isNoCollection = (error: unknown): boolean => (error as { code?: number }).code === NAMESPACE_NOT_FOUND

const indexesOf = async (db: Db, collection: string): Promise<readonly IndexDescriptionInfo[]> => {
  try {
    return await db.collection(collection).listIndexes().toArray()
  } catch (error) {
    if (isNoCollection(error)) return []
    throw error
  }
}

/** As it is typed in mongosh. */
const commandOf = ({ collection, keys, options }: IndexWanted): string => {
  const rest = Object.keys(options).length > 0 ? `,${JSON.stringify(options)}` : ''
  return `db.${collection}.createIndex(${JSON.stringify(keys)}${rest})`
}

/**
 * Indexes that migrations make and that are not there, or not so, or that queries do not see (`hidden`), whatever the marks
 * of the migrations say.
 * @returns of each the command that makes it
 */
export const findMissingIndexes = async (db: Db, migrations = MIGRATIONS): Promise<readonly string[]> => {
  const wanted = migrations.flatMap(({ steps }) => steps.flatMap(({ index }) => index ?? []))
  const ofCollection = Map.groupBy(wanted, ({ collection }) => collection)
  const missing = await Promise.all(
    [...ofCollection].map(async ([collection, indexes]) => {
      const found = (await indexesOf(db, collection)).filter(({ hidden }) => hidden !== true)
      const there = new Set(found.map(index => textOf(index.key, index)))
      return indexes.filter(({ keys, options }) => !there.has(textOf(keys as object, options)))
    }),
  )
  return missing.flat().map(commandOf)
}
