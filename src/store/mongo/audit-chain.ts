import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import type { AuditBlock, AuditChainPort } from '#src/store/ports/audit-chain.ts'
import { toStoredEvent } from './audit.ts'
import type { AuditBlockDocument, Collections } from './documents.ts'

const RETRIES = 3

const toBlock = ({ _id, sealedAt, events, mac }: AuditBlockDocument): AuditBlock => ({
  number: _id,
  sealedAt,
  events,
  mac,
})

/** The chain over the audit trail on MongoDB; for a connection that has time. */
export const createAuditChain = (
  { run, transaction }: Connection,
  { audit, auditBlocks }: Pick<Collections, 'audit' | 'auditBlocks'>,
): AuditChainPort => {
  const head = async (options = {}): Promise<AuditBlock | undefined> => {
    const [last] = await auditBlocks.find({}, { ...LIMIT, ...options, sort: { _id: -1 }, limit: 1 }).toArray()
    return last && toBlock(last)
  }

  /** Another sealer that was faster holds the block's number, or the events: a duplicate or a write conflict. */
  const seal = ({ number, ...block }: AuditBlock, sequences: readonly number[]): Promise<boolean> =>
    transaction(RETRIES, async session => {
      if (((await head({ session }))?.number ?? 0) + 1 !== number) return false
      const open = { _id: { $in: [...sequences] }, unsealed: true as const }
      if ((await audit.countDocuments(open, { session })) !== sequences.length) return false
      await auditBlocks.insertOne({ _id: number, ...block }, { session })
      await audit.updateMany(open, { $set: { block: number }, $unset: { unsealed: '' } }, { session })
      return true
    })

  return {
    unsealed: limit =>
      run(async () => {
        const found = audit.find({ unsealed: { $eq: true } }, { sort: { _id: 1 }, limit })
        return (await found.toArray()).map(toStoredEvent)
      }),

    head: () => run(() => head()),

    seal,

    blocks: ({ after, limit }) =>
      run(async () =>
        (await auditBlocks.find({ _id: { $gt: after } }, { sort: { _id: 1 }, limit }).toArray()).map(toBlock),
      ),

    eventsOf: ({ first, last }) =>
      run(async () => {
        const found = audit.find({ block: { $gte: first, $lte: last } }, { sort: { block: 1, _id: 1 } })
        return (await found.toArray()).map(event => ({ ...toStoredEvent(event), block: event.block ?? 0 }))
      }),

    remove: ({ through, limit }) =>
      run(async () => {
        const end = Math.min(through, ((await head())?.number ?? 1) - 1)
        const doomed = { projection: { _id: 1 }, sort: { block: 1, _id: 1 }, limit } as const
        const ids = (await audit.find({ block: { $gt: 0, $lte: end } }, doomed).toArray()).map(({ _id }) => _id)
        if (ids.length > 0) return (await audit.deleteMany({ _id: { $in: ids } })).deletedCount
        const { deletedCount } = await auditBlocks.deleteMany({ _id: { $lte: end } })
        return deletedCount
      }),
  }
}
