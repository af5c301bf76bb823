import type { BlindIndex } from '#src/crypto/envelope/blind-index.ts'
import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { MessageClaim, MessagesPort } from '#src/store/ports/messages.ts'

const contextOf = (token: string, expiresAt: number) => ['messages', 'content', token, expiresAt]

/** Messages with their content sealed; the ids, which tell who was told of what, are tokens. */
export const encryptMessages = (messages: MessagesPort, sealer: Sealer, tokenOf: BlindIndex): MessagesPort => {
  const outside = ({ id, tries }: MessageClaim): MessageClaim => ({ id: tokenOf(id), tries })
  return {
    put: ({ id, content, expiresAt }, dueAt) => {
      const token = tokenOf(id)
      const sealed = sealer.seal(contextOf(token, expiresAt), JSON.stringify([id, content]))
      return messages.put({ id: token, content: sealed, expiresAt }, dueAt)
    },
    takeDue: async query =>
      (await messages.takeDue(query)).map(({ id: token, content: sealed, expiresAt, tries }) => {
        const text = sealer.open(contextOf(token, expiresAt), sealed as string)
        const [id, content] = JSON.parse(text) as [string, Json]
        return { id, content, expiresAt, tries }
      }),
    postpone: (claim, dueAt) => messages.postpone(outside(claim), dueAt),
    settle: (claim, rememberUntil) => messages.settle(outside(claim), rememberUntil),
    forget: messages.forget,
  }
}
