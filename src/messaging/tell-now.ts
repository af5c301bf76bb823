import type { AccountId } from '#src/kernel/identity.ts'
import type { Notice, Recipient } from './message-content.ts'
import type { QueueMessage } from './queue-message.ts'
import type { Recipients } from './recipients.ts'

/** What telling people of something about an account takes. */
export type TellingDeps = {
  readonly queueMessage: QueueMessage
  /** What an upstream is called, by its id or issuer. */
  readonly upstreamName: (idOrIssuer: string) => string | undefined
}

/** Something that happened to an account at a moment (epoch milliseconds), by an upstream if one had to do with it. */
export type Happening = { readonly accountId: AccountId; readonly at: number; readonly upstream: string | undefined }

/**
 * Queues a notice to each of these people. Of one happening nobody is told the same thing twice, whoever tells it and
 * however often.
 * @throws PiasError `store.unavailable`
 */
export const queueNotice = async (
  { queueMessage, upstreamName }: TellingDeps,
  { accountId, at, upstream: named }: Happening,
  notice: Notice,
  people: readonly Recipient[],
): Promise<void> => {
  const upstream = named === undefined ? undefined : upstreamName(named)
  await Promise.all(
    people.map(recipient =>
      queueMessage({
        event: `${accountId} ${at}`,
        content: { ...notice, recipient, accountId, ...(upstream !== undefined && { upstream }) },
      }),
    ),
  )
}

/**
 * Makes the telling of a change that alters who would be told of it: it looks up whom to tell before, and tells them after.
 * Should it fail in between, the audit trail tells those of after (tell-people.ts).
 */
export const createPrepareTelling =
  (deps: TellingDeps & { recipients: Recipients }) =>
  async (accountId: AccountId): Promise<(at: number, issuer: string) => Promise<void>> => {
    const people = await deps.recipients(accountId, 'all')
    return (at, issuer) =>
      queueNotice(deps, { accountId, at, upstream: issuer }, { name: 'moved', model: { at } }, people)
  }
