import { createFollowTrail } from '#src/audit/follow-trail.ts'
import type { Clock, Job, Json } from '#src/kernel/runtime.ts'
import type { AppMessage } from '#src/messaging/message-content.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { MessagesPort } from '#src/store/ports/messages.ts'
import { type AppEvent, appEventOf } from './app-event.ts'
import { type AppNotice, createNotices, type NoticesDeps, subjectIdentifier } from './notices.ts'

const RUN_EVERY_MS = 2000
/** How long an app that does not answer is tried, and how old what it is told may be. */
const NEWS_MS = 24 * 3600 * 1000

/** Where among the store's keys it stands how far the trail was read. */
const MARK = 'apps-told'

/** What the types of events are called in a token (RFC 8417, 2: a URI). */
const URIS: Readonly<Record<AppEvent['type'], string>> = {
  'records-changed': 'urn:pias:event:records-changed',
  merged: 'urn:pias:event:account-merged',
  unmerged: 'urn:pias:event:account-unmerged',
  split: 'urn:pias:event:account-split',
}

/**
 * Follows the audit trail and queues what apps are to be told of acts on links, under the act, the account and the app: reading
 * an entry again tells no app again, whatever became of the account meanwhile.
 */
export const createTellApps = (
  deps: NoticesDeps & {
    audit: Pick<AuditPort, 'list' | 'search'>
    keys: Pick<KeysPort, 'putIfAbsent' | 'replace'>
    messages: Pick<MessagesPort, 'put'>
    clock: Clock
  },
): Job => {
  const { messages, issuer, clock } = deps
  const noticesOf = createNotices(deps)

  const queue = async ({ clientId, type, sub, payload }: AppNotice, event: AppEvent, at: number): Promise<void> => {
    const { accountId, change } = event
    const content: AppMessage = {
      name: `app-event.${type}`,
      recipient: { channel: 'webhook', to: clientId },
      accountId,
      claims: {
        sub_id: subjectIdentifier(issuer, sub),
        toe: Math.floor(at / 1000),
        txn: change,
        events: { [URIS[type]]: payload },
      },
    }
    const id = JSON.stringify(['app-event', change, event.type, accountId, clientId])
    await messages.put({ id, content: content as unknown as Json, expiresAt: clock() + NEWS_MS }, clock())
  }

  const tell = async (entry: FoundAuditEvent): Promise<void> => {
    const event = appEventOf(entry)
    if (event === undefined) return
    for (const notice of await noticesOf(event)) await queue(notice, event, entry.at)
  }

  const onEvents = async (entries: readonly FoundAuditEvent[]): Promise<void> => {
    for (const entry of entries) await tell(entry)
  }

  return {
    name: 'telling apps',
    everyMs: RUN_EVERY_MS,
    run: createFollowTrail({ ...deps, mark: MARK, newsMs: NEWS_MS, onEvents }),
  }
}
