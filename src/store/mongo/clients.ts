import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import {
  type ClientSecret,
  type ClientsPort,
  firstEndOf,
  SECRET_USE_GRAIN_MS,
  type StoredClient,
} from '#src/store/ports/clients.ts'
import type { Append } from './audit.ts'
import { beginningWith } from './beginning-with.ts'
import type { ClientDocument, Collections } from './documents.ts'

/** All changes wait for their turn at one counter; they are few, and nobody waits at a page for one. */
const RETRIES = 8

const toClient = (document: ClientDocument): StoredClient => ({
  clientId: document._id,
  version: document.version,
  state: document.state,
  managedBy: document.managedBy,
  ...(document.owner !== undefined && { owner: document.owner }),
  metadata: JSON.parse(document.metadata) as Json,
  secrets: JSON.parse(document.secrets) as ClientSecret[],
  createdAt: document.createdAt,
  updatedAt: document.updatedAt,
})

const toDocument = ({ clientId, metadata, secrets, ...client }: StoredClient, change: number): ClientDocument => {
  const secretsEnd = firstEndOf({ ...client, secrets })
  return {
    _id: clientId,
    change,
    ...client,
    metadata: JSON.stringify(metadata),
    secrets: JSON.stringify(secrets),
    ...(secretsEnd !== undefined && { secretsEnd }),
  }
}

const createPut = (
  { transaction }: Connection,
  { clients, totals }: Pick<Collections, 'clients' | 'totals'>,
  append: Append,
): ClientsPort['put'] => {
  return (client, events) =>
    transaction(RETRIES, async session => {
      const options = { ...LIMIT, session }
      const id = { _id: { $eq: client.clientId } }
      const before = await clients.findOne(id, { ...options, projection: { version: 1 } })
      if ((before?.version ?? 0) !== client.version - 1) return false
      // In the transaction, so that who reads a change has read all before it: the others wait for this one's commit.
      const counted = await totals.findOneAndUpdate(
        { _id: { $eq: 'clients' } },
        { $inc: { changes: 1 } },
        { ...options, upsert: true, returnDocument: 'after' },
      )
      await clients.replaceOne(id, toDocument(client, counted?.changes ?? 1), { ...options, upsert: true })
      await append(events, session)
      return true
    })
}

/** Relying parties on MongoDB. */
export const createClients = (
  connection: Connection,
  collections: Pick<Collections, 'clients' | 'secretUses' | 'totals'>,
  append: Append,
): ClientsPort => {
  const { run } = connection
  const { clients, secretUses } = collections
  return {
    find: clientId =>
      run(async () => {
        const found = await clients.findOne({ _id: { $eq: clientId } }, LIMIT)
        return found === null ? undefined : toClient(found)
      }),

    put: createPut(connection, collections, append),

    page: ({ prefix = '', after, limit }) =>
      run(async () => {
        const within = { $gt: after, ...(prefix !== '' && beginningWith(prefix)) }
        const found = clients.find(
          { _id: within, state: { $in: ['active', 'disabled'] } },
          { ...LIMIT, sort: { _id: 1 }, limit },
        )
        return (await found.toArray()).map(toClient)
      }),

    changed: ({ after, limit }) =>
      run(async () => {
        const found = clients.find({ change: { $gt: after } }, { ...LIMIT, sort: { change: 1 }, limit })
        return (await found.toArray()).map(document => ({ change: document.change, client: toClient(document) }))
      }),

    ending: ({ from, before, limit, latestFirst = false }) =>
      run(async () => {
        const sort = { secretsEnd: latestFirst ? -1 : 1 } as const
        const found = clients.find({ secretsEnd: { $gte: from, $lt: before } }, { ...LIMIT, sort, limit })
        return (await found.toArray()).map(toClient)
      }),

    noteSecretUse: ({ clientId, secretId, at }) =>
      run(async () => {
        try {
          await secretUses.updateOne(
            { _id: { $eq: { clientId, secretId } }, usedAt: { $lte: at - SECRET_USE_GRAIN_MS } },
            { $set: { usedAt: at } },
            { ...LIMIT, upsert: true },
          )
        } catch (error) {
          // Noted within the last minute: not found as one that is older, and there all the same.
          if (!isDuplicate(error)) throw error
        }
      }),

    secretUses: clientId =>
      run(async () => {
        const found = secretUses.find({ '_id.clientId': { $eq: clientId } }, LIMIT)
        return new Map((await found.toArray()).map(({ _id, usedAt }) => [_id.secretId, usedAt]))
      }),
  }
}
