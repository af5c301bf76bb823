import { type Collection, type Db, type Document, MongoNetworkError, MongoServerError } from 'mongodb'

const MAX_TIME_EXPIRED = 50

/** Not so for want of a server or of a free connection, which took its time already, as did what the server gave up on. */
const mayBeAskedAgain = (error: unknown): boolean =>
  error instanceof MongoNetworkError || (error instanceof MongoServerError && error.code !== MAX_TIME_EXPIRED)

/** What bounds a query, and what of its documents is wanted. */
export type BatchOptions = {
  /** How many documents can be found at most. */
  readonly most: number
  /** How long the server may take. */
  readonly maxTimeMS: number
  readonly projection?: Document
  readonly limit?: number
  readonly enableUtf8Validation?: boolean
}

/**
 * Reads all that a query finds by one bare command: a cursor would cost the node half as much again (ADR 0104).
 *
 * A cursor follows where it must: where not all fits into one batch, for none of it may be missing, and where the server
 * went away or is no longer the primary, for the driver asks the next one.
 * @throws as MongoDB does
 */
export const findBatch = async <Found extends Document>(
  db: Db,
  { collectionName }: Pick<Collection, 'collectionName'>,
  filter: Document,
  { most, enableUtf8Validation = true, ...rest }: BatchOptions,
): Promise<Found[]> => {
  // One more than there can be, so that the first batch says that there are no more.
  const options = { ...rest, batchSize: most + 1 }
  const command = { find: collectionName, filter, ...options, readConcern: { level: 'majority' } }
  try {
    const { cursor } = await db.command(command, { enableUtf8Validation })
    if (String(cursor.id) === '0') return cursor.firstBatch
  } catch (error) {
    if (!mayBeAskedAgain(error)) throw error
  }
  return db
    .collection(collectionName)
    .find<Found>(filter, { ...options, enableUtf8Validation })
    .toArray()
}
