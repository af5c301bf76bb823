import type { ClientSession } from 'mongodb'
import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { createGather } from '#src/store/mongo/connection/gather.ts'
import { retryingDuplicates } from '#src/store/mongo/connection/retry.ts'
import type { AuditEvent, AuditPort, AuditSearch, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { AuditDocument, Collections } from './documents.ts'

const RETRIES = 3
const MOST_TOGETHER = 100

/** An event with its data as the text that is stored. */
export const toStoredEvent = ({ _id, at, type, accountId, clientId, data }: AuditDocument) => ({
  sequence: _id,
  at,
  type,
  ...(accountId !== undefined && { accountId }),
  ...(clientId !== undefined && { clientId }),
  data,
})

const toEvent = (document: AuditDocument): FoundAuditEvent => {
  const event = toStoredEvent(document)
  return { ...event, data: JSON.parse(event.data) as Json }
}

/** An event as it is kept, which no block has sealed yet. */
export const toAuditDocument = (
  { at, type, accountId, clientId, records, data }: AuditEvent,
  sequence: number,
): AuditDocument => ({
  _id: sequence,
  at,
  type,
  ...(accountId !== undefined && { accountId }),
  ...(clientId !== undefined && { clientId }),
  ...(records !== undefined && { records: [...records] }),
  data: JSON.stringify(data),
  unsealed: true,
})

/** Appends events within the caller's transaction: what is decided and the record of it are committed together. */
export type Append = (events: readonly AuditEvent[], session: ClientSession) => Promise<void>

/** Makes an {@link Append}; of events that tell of nothing that is stored with them, without a transaction. */
export const createAppend =
  ({ audit }: Pick<Collections, 'audit'>, nextSequence: () => number) =>
  async (events: readonly AuditEvent[], session?: ClientSession): Promise<void> => {
    if (events.length === 0) return
    const documents = events.map(event => toAuditDocument(event, nextSequence()))
    await audit.insertMany(documents, { ...LIMIT, ...(session ? { session } : { ordered: false }) })
  }

/** A record is rarer than anything else that is looked for, which the planner cannot know. */
const BY_RECORD = { records: 1, at: 1, _id: 1 } as const

const filterOf = ({ accountId, clientId, type, record, from = 0, to, before }: AuditSearch) => ({
  ...(accountId !== undefined && { accountId: { $eq: accountId } }),
  ...(clientId !== undefined && { clientId: { $eq: clientId } }),
  ...(type !== undefined && { type: { $eq: type } }),
  ...(record !== undefined && { records: { $eq: record } }),
  at: { $gte: from, ...(to !== undefined && { $lt: to }), ...(before !== undefined && { $lte: before.at }) },
  ...(before !== undefined && { $or: [{ at: { $lt: before.at } }, { _id: { $lt: before.sequence } }] }),
})

/**
 * The audit trail on MongoDB. Numbers follow the clocks of the nodes: who follows the trail while it is written reads
 * the last seconds again, for a transaction that began earlier may become visible later.
 */
export const createAudit = (
  { run, transaction }: Connection,
  collections: Collections,
  append: ReturnType<typeof createAppend>,
): AuditPort => {
  /** Events of which each is by itself: those whose number another node has drawn as well are written anew. */
  const appendEach = async (events: readonly AuditEvent[]): Promise<readonly undefined[]> => {
    await retryingDuplicates(RETRIES, events, left => append(left))
    return events.map(() => undefined)
  }
  const appendOne = createGather(MOST_TOGETHER, appendEach)

  return {
    append: async events => {
      const [first, ...more] = events
      if (first === undefined) return
      // One event is one write; only several need a transaction to be there together.
      if (more.length === 0) await run(() => appendOne(first))
      else await transaction(RETRIES, session => append(events, session))
    },

    list: ({ after, limit, accountId }) =>
      run(async () => {
        const owner = accountId === undefined ? {} : { accountId: { $eq: accountId } }
        const page = collections.audit.find({ ...owner, _id: { $gt: after } }, { ...LIMIT, sort: { _id: 1 }, limit })
        return (await page.toArray()).map(toEvent)
      }),

    search: query =>
      run(async () => {
        const options = { ...LIMIT, sort: { at: -1, _id: -1 }, limit: query.limit } as const
        const hint = query.record === undefined ? {} : { hint: BY_RECORD }
        return (await collections.audit.find(filterOf(query), { ...options, ...hint }).toArray()).map(toEvent)
      }),
  }
}
