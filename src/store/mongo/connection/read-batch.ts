import { type Collection, type Db, type Document, MongoError } from 'mongodb'

/** What took longer than it was given takes no less when it is asked for again. */
const MAX_TIME_EXPIRED = 50

type Named = Pick<Collection, 'collectionName'>

/** `most`: how many documents can be found at most; `maxTimeMS`: how long the server may take. */
type Bounds = { readonly most: number; readonly maxTimeMS: number }

type FindOptions = Bounds & {
  readonly projection?: Document
  readonly limit?: number
  readonly enableUtf8Validation?: boolean
}

/** One more than there can be, so that the first batch says that there are no more. */
const batchSizeFor = (most: number): number => most + 1

/**
 * A cursor follows where it must: where not all fits into one batch, for none of it may be missing, and where the server
 * went away or is no longer the primary, for the driver asks the next one.
 */
const readBatch = async <Found extends Document>(
  db: Db,
  command: Document,
  enableUtf8Validation: boolean,
  readByCursor: () => Promise<Found[]>,
): Promise<Found[]> => {
  try {
    const { cursor } = await db.command({ ...command, readConcern: { level: 'majority' } }, { enableUtf8Validation })
    if (String(cursor.id) === '0') return cursor.firstBatch
  } catch (error) {
    if (!(error instanceof MongoError) || error.code === MAX_TIME_EXPIRED) throw error
  }
  return readByCursor()
}

/**
 * Reads all that a query finds by one bare command: a cursor would cost the node half as much again (ADR 0104).
 * @throws as MongoDB does
 */
export const findBatch = <Found extends Document>(
  db: Db,
  { collectionName }: Named,
  filter: Document,
  { most, enableUtf8Validation = true, ...rest }: FindOptions,
): Promise<Found[]> => {
  const options = { ...rest, batchSize: batchSizeFor(most) }
  return readBatch(db, { find: collectionName, filter, ...options }, enableUtf8Validation, () =>
    db
      .collection(collectionName)
      .find<Found>(filter, { ...options, enableUtf8Validation })
      .toArray(),
  )
}

/** The same of a pipeline. @throws as MongoDB does */
export const aggregateBatch = <Found extends Document>(
  db: Db,
  { collectionName }: Named,
  pipeline: Document[],
  { most, maxTimeMS }: Bounds,
): Promise<Found[]> => {
  const batchSize = batchSizeFor(most)
  return readBatch(db, { aggregate: collectionName, pipeline, cursor: { batchSize }, maxTimeMS }, true, () =>
    db.collection(collectionName).aggregate<Found>(pipeline, { batchSize, maxTimeMS }).toArray(),
  )
}
