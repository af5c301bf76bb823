import type { ClientSession } from 'mongodb'
import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isRetryable } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { AuditEvent, AuditPort } from '#src/store/ports/audit.ts'
import type { AuditDocument, Collections } from './documents.ts'

const RETRIES = 3

const toEvent = ({ _id, at, type, accountId, clientId, data }: AuditDocument): AuditEvent & { sequence: number } => ({
  sequence: _id,
  at,
  type,
  ...(accountId !== undefined && { accountId }),
  ...(clientId !== undefined && { clientId }),
  data: JSON.parse(data) as Json,
})

/** Appends events within the caller's transaction: what is decided and the record of it are committed together. */
export const createAppend =
  ({ audit }: Pick<Collections, 'audit'>, nextSequence: () => number) =>
  async (events: readonly AuditEvent[], session: ClientSession): Promise<void> => {
    if (events.length === 0) return
    const documents = events.map(({ at, type, accountId, clientId, data }) => ({
      _id: nextSequence(),
      at,
      type,
      ...(accountId !== undefined && { accountId }),
      ...(clientId !== undefined && { clientId }),
      data: JSON.stringify(data),
    }))
    await audit.insertMany(documents, { ...LIMIT, session })
  }

/**
 * The audit trail on MongoDB. Numbers follow the clocks of the nodes: who follows the trail while it is written reads
 * the last seconds again, for a transaction that began earlier may become visible later.
 */
export const createAudit = (
  { run, transact }: Connection,
  collections: Collections,
  nextSequence: () => number,
): AuditPort => {
  const append = createAppend(collections, nextSequence)
  return {
    append: events =>
      run(async () => {
        if (events.length === 0) return
        await retrying(RETRIES, isRetryable, () => transact(session => append(events, session)))
      }),

    list: ({ after, limit, accountId }) =>
      run(async () => {
        const owner = accountId === undefined ? {} : { accountId: { $eq: accountId } }
        const page = collections.audit.find({ ...owner, _id: { $gt: after } }, { ...LIMIT, sort: { _id: 1 }, limit })
        return (await page.toArray()).map(toEvent)
      }),
  }
}
