import { MongoBulkWriteError, MongoError, MongoServerError } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'

// https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
const DUPLICATE_KEY = 11000
const DOCUMENT_VALIDATION_FAILURE = 121

/** A unique index refused a write: somebody else was faster, or an id was used twice. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY

/**
 * Which of several inserts were refused as duplicates, by their place, where that is all that failed: the others are written.
 * Undefined for any other failure.
 */
export const duplicatesIn = (error: unknown): ReadonlySet<number> | undefined => {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) return undefined
  const refused = [error.writeErrors].flat()
  const isAll = refused.length > 0 && refused.every(({ code }) => code === DUPLICATE_KEY)
  return isAll ? new Set(refused.map(({ index }) => index)) : undefined
}

/** A transaction failed in a way that another try may mend: a write conflict, a lost connection, a change of primary. */
export const isTransient = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel('TransientTransactionError')

/** A write that may succeed when it is made again, after a look at what is there now. */
export const isRetryable = (error: unknown): boolean => isDuplicate(error) || isTransient(error)

/** A commit was sent and its answer lost: it may be asked for again, and nobody knows yet how it went. */
export const isUnknownCommit = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult')

/** The driver wraps a broken connection in a MongoBulkWriteError, which is a server's error only by its class. */
const isAnswer = (error: MongoError): boolean => error instanceof MongoServerError && typeof error.code === 'number'

/** No server answered: it may not know that its transaction is over. */
export const isLostContact = (error: unknown): boolean => error instanceof MongoError && !isAnswer(error)

/**
 * What a failure of MongoDB means to a caller: `server.failed` for what a correct program never sends (a duplicate
 * nobody awaited, a document against its schema), `store.unavailable` for all else. Other errors stay as they are.
 * A server's message may quote the document, so it is neither repeated nor kept as the cause.
 */
export const toPiasError = (error: unknown): unknown => {
  if (!(error instanceof MongoError)) return error
  const code = isDuplicate(error) || error.code === DOCUMENT_VALIDATION_FAILURE ? 'server.failed' : 'store.unavailable'
  const cause = error instanceof MongoServerError ? {} : { cause: error }
  return new PiasError(code, `MongoDB: ${error.name} (${error.code ?? 'no code'})`, cause)
}
