import { createFollowTrail } from '#src/audit/follow-trail.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { noteworthyOf } from './noteworthy-events.ts'
import type { Recipients } from './recipients.ts'
import { queueNotice, type TellingDeps } from './tell-now.ts'

const RUN_EVERY_MS = 2000
/** What is older was either told or is too old to be news, such as where messages were switched on later. */
const NEWS_MS = 24 * 3600 * 1000

/** Where among the store's keys it stands how far the trail was read. */
const MARK = 'messages-told'

/**
 * Follows the audit trail and tells people of what concerns them. The event of a link is written in the link's own
 * transaction, so none is lost, whoever made it; messages are queued under the event's own moment, so reading it twice
 * tells nobody twice.
 */
export const createTellPeople = (
  deps: TellingDeps & {
    audit: Pick<AuditPort, 'list'>
    keys: KeysPort
    recipients: Recipients
    clock: Clock
  },
): Job => {
  const { audit, keys, recipients, clock } = deps

  const tell = async (event: FoundAuditEvent): Promise<void> => {
    const notice = event.data === null ? undefined : noteworthyOf(event)
    if (notice === undefined || event.accountId === undefined || event.at < clock() - NEWS_MS) return
    const { records, ...told } = notice
    const { upstream: id, issuer: upstream = id } = event.data as { upstream?: string; issuer?: string }
    const [accountId, at] = [event.accountId as AccountId, event.at]
    await queueNotice(deps, { accountId, at, upstream }, told, await recipients(accountId, records))
  }

  const run = createFollowTrail({ audit, keys, clock, mark: MARK, onEvent: tell })
  return { name: 'telling people', everyMs: RUN_EVERY_MS, run }
}
