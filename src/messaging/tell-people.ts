import { createFollowTrail } from '#src/audit/follow-trail.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { type Noteworthy, noteworthyOf } from './noteworthy-events.ts'
import type { Recipients } from './recipients.ts'
import { queueNotice, type TellingDeps } from './tell-now.ts'

const RUN_EVERY_MS = 2000
/** What is older was either told or is too old to be news, such as where messages were switched on later. */
const NEWS_MS = 24 * 3600 * 1000

/** Acts that are told of at the same time: what they need of the store is asked for together. */
const AT_ONCE = 20

/** Where among the store's keys it stands how far the trail was read. */
const MARK = 'messages-told'

const isOfSomebody = ({ accountId, data }: FoundAuditEvent): boolean => accountId !== undefined && data !== null

/** What people are told of one act: the same about several records once, to whoever is told of any of them. */
const joinNotices = (events: readonly FoundAuditEvent[]) => {
  const joined = new Map<string, { event: FoundAuditEvent; notice: Noteworthy }>()
  for (const event of events) {
    const notice = noteworthyOf(event)
    if (notice === undefined) continue
    const { records, ...told } = notice
    const { upstream, issuer } = event.data as { upstream?: string; issuer?: string }
    const key = JSON.stringify([told, upstream, issuer])
    const before = joined.get(key)?.notice.records ?? []
    const all = records === 'all' || before === 'all' ? 'all' : [...before, ...records]
    joined.set(key, { event, notice: { ...notice, records: all } })
  }
  return joined.values()
}

/**
 * Follows the audit trail and tells people of what concerns them. The event of a link is written in the link's own
 * transaction, so none is lost, whoever made it; messages are queued under the event's own moment, so reading it twice
 * tells nobody twice.
 */
export const createTellPeople = (
  deps: TellingDeps & {
    audit: Pick<AuditPort, 'list' | 'search'>
    keys: KeysPort
    recipients: Recipients
    clock: Clock
  },
): Job => {
  const { audit, keys, recipients, clock } = deps

  const tell = async (event: FoundAuditEvent, { records, ...told }: Noteworthy): Promise<void> => {
    const { upstream: id, issuer: upstream = id } = event.data as { upstream?: string; issuer?: string }
    const [accountId, at] = [event.accountId as AccountId, event.at]
    await queueNotice(deps, { accountId, at, upstream }, told, await recipients(accountId, records))
  }

  const onEvents = async (events: readonly FoundAuditEvent[]): Promise<void> => {
    for (const { event, notice } of joinNotices(events.filter(isOfSomebody))) await tell(event, notice)
  }

  const run = createFollowTrail({ audit, keys, clock, mark: MARK, newsMs: NEWS_MS, onEvents, atOnce: AT_ONCE })
  return { name: 'telling people', everyMs: RUN_EVERY_MS, run }
}
