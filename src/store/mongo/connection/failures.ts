import { MongoError, MongoNetworkError, MongoServerError } from 'mongodb'
import { PiasError } from '#src/kernel/errors.ts'

// https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
const DUPLICATE_KEY = 11000
const DOCUMENT_VALIDATION_FAILURE = 121

/** A unique index refused a write: somebody else was faster, or an id was used twice. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY

/** A transaction failed in a way that another try may mend: a write conflict, a lost connection, a change of primary. */
const isTransient = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel('TransientTransactionError')

/** A write that may succeed when it is made again, after a look at what is there now. */
export const isRetryable = (error: unknown): boolean => isDuplicate(error) || isTransient(error)

/** A commit was sent and its answer lost: it may be asked for again, and nobody knows yet how it went. */
export const isUnknownCommit = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult')

/** The connection broke or timed out, so the server may not know that its transaction is over. */
export const isNetworkFailure = (error: unknown): boolean => error instanceof MongoNetworkError

/**
 * What a failure of MongoDB means to a caller: `server.failed` for what a correct program never sends (a duplicate
 * nobody awaited, a document against its schema), `store.unavailable` for all else. Other errors stay as they are.
 * A server's message may quote the document, so it is neither repeated nor kept as the cause.
 */
export const toPiasError = (error: unknown): unknown => {
  if (!(error instanceof MongoError)) return error
  if (!(error instanceof MongoServerError)) {
    return new PiasError('store.unavailable', `MongoDB: ${error.name}`, { cause: error })
  }
  const broken = error.code === DUPLICATE_KEY || error.code === DOCUMENT_VALIDATION_FAILURE
  const code = broken ? 'server.failed' : 'store.unavailable'
  return new PiasError(code, `MongoDB: ${error.codeName ?? error.name} (${error.code ?? 'no code'})`)
}
