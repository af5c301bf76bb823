import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate } from '#src/store/mongo/connection/failures.ts'
import type { DueMessage, MessageClaim, MessagesPort } from '#src/store/ports/messages.ts'
import type { Collections, MessageDocument } from './documents.ts'

/** The queue of messages on MongoDB. */
export const createMessages = ({ run }: Connection, { messages }: Pick<Collections, 'messages'>): MessagesPort => {
  const takeOne = async (found: MessageDocument, until: number): Promise<DueMessage | undefined> => {
    const { _id, content = 'null', expiresAt, tries, dueAt } = found
    const { modifiedCount } = await messages.updateOne(
      { _id: { $eq: _id }, open: { $eq: true }, dueAt: { $eq: dueAt }, tries: { $eq: tries } },
      { $set: { dueAt: until }, $inc: { tries: 1 } },
      LIMIT,
    )
    if (modifiedCount !== 1) return undefined
    return { id: _id, content: JSON.parse(content) as Json, expiresAt, tries: tries + 1 }
  }
  const claimed = ({ id, tries }: MessageClaim) => ({
    _id: { $eq: id },
    open: { $eq: true },
    tries: { $eq: tries },
  })

  return {
    put: ({ id, content, expiresAt }, dueAt) =>
      run(async () => {
        const document = { _id: id, open: true, content: JSON.stringify(content), expiresAt, dueAt, tries: 0 }
        try {
          await messages.insertOne(document, LIMIT)
          return true
        } catch (error) {
          if (!isDuplicate(error)) throw error
          return false
        }
      }),

    takeDue: ({ now, leaseMs, limit }) =>
      run(async () => {
        const due = messages.find(
          { open: { $eq: true }, dueAt: { $lte: now } },
          { ...LIMIT, sort: { dueAt: 1 }, limit },
        )
        const taken = await Promise.all((await due.toArray()).map(found => takeOne(found, now + leaseMs)))
        return taken.filter(one => one !== undefined)
      }),

    postpone: (claim, dueAt) =>
      run(async () => (await messages.updateOne(claimed(claim), { $set: { dueAt } }, LIMIT)).matchedCount === 1),

    settle: (claim, rememberUntil) =>
      run(async () => {
        const change = { $set: { open: false, dueAt: rememberUntil }, $unset: { content: '' as const } }
        return (await messages.updateOne(claimed(claim), change, LIMIT)).matchedCount === 1
      }),

    forget: now =>
      run(async () => {
        const over = { open: { $eq: false }, dueAt: { $lte: now } }
        return (await messages.deleteMany(over, LIMIT)).deletedCount
      }),
  }
}
