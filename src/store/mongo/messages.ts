import type { Json } from '#src/kernel/runtime.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { duplicatesIn } from '#src/store/mongo/connection/failures.ts'
import { createGather } from '#src/store/mongo/connection/gather.ts'
import type { MessageClaim, MessagesPort } from '#src/store/ports/messages.ts'
import type { Collections, MessageDocument } from './documents.ts'
import { takeDue } from './take-due.ts'
import { type Update, updateEach } from './update-each.ts'

const MOST_TOGETHER = 50

/** The queue of messages on MongoDB. */
export const createMessages = ({ run }: Connection, { messages }: Pick<Collections, 'messages'>): MessagesPort => {
  /** @returns of each whether it was taken in */
  const insertAll = async (documents: readonly MessageDocument[]): Promise<readonly boolean[]> => {
    try {
      await messages.insertMany(documents, { ...LIMIT, ordered: false })
      return documents.map(() => true)
    } catch (error) {
      const known = duplicatesIn(error)
      if (known === undefined) throw error
      return documents.map((_, index) => !known.has(index))
    }
  }
  const insert = createGather(MOST_TOGETHER, insertAll)
  const settle = createGather(MOST_TOGETHER, (updates: readonly Update[]) => updateEach(messages, updates))

  const claimed = ({ id, tries }: MessageClaim) => ({
    _id: { $eq: id },
    open: { $eq: true },
    tries: { $eq: tries },
  })

  return {
    put: ({ id, content, expiresAt }, dueAt) =>
      run(() => insert({ _id: id, open: true, content: JSON.stringify(content), expiresAt, dueAt, tries: 0 })),

    takeDue: ({ now, leaseMs, limit }) =>
      run(async () => {
        const which = { open: { $eq: true } }
        const taken = await takeDue(messages, { which, now, until: now + leaseMs, limit })
        return taken.map(({ _id, content = 'null', expiresAt, tries }) => ({
          id: _id,
          content: JSON.parse(content) as Json,
          expiresAt,
          tries: tries + 1,
        }))
      }),

    postpone: (claim, dueAt) =>
      run(async () => (await messages.updateOne(claimed(claim), { $set: { dueAt } }, LIMIT)).matchedCount === 1),

    settle: ({ id, tries }, rememberUntil) =>
      run(() =>
        settle({
          id,
          filter: { open: { $eq: true }, tries: { $eq: tries } },
          change: { $set: { open: false, dueAt: rememberUntil }, $unset: { content: '' } },
        }),
      ),

    forget: now =>
      run(async () => {
        const over = { open: { $eq: false }, dueAt: { $lte: now } }
        return (await messages.deleteMany(over, LIMIT)).deletedCount
      }),
  }
}
