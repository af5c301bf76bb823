import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AuditEvent, AuditPort } from '#src/store/ports/audit.ts'
import type { Findings } from './findings.ts'

/**
 * What the audit trail says: `openings` are the accounts it saw opened, `links` the links it saw made, by account. `since`
 * is when it begins, epoch milliseconds: 0 where nothing was dropped of it.
 */
export type AuditSummary = {
  readonly events: number
  readonly since: number
  readonly openings: ReadonlySet<string>
  readonly links: ReadonlyMap<string, ReadonlySet<string>>
}

const PAGE = 1000

/** The key of the record that an event is about; undefined when the event's account was erased. */
const recordOf = ({ data }: AuditEvent): string | undefined =>
  data === null ? undefined : customerKeyOf(data as unknown as Parameters<typeof customerKeyOf>[0])

/**
 * Reads the whole trail.
 * @param ports.raw as it is stored, to go on after an event that does not open
 * @param ports.dropped whether its beginning was dropped, as it grew old
 */
export const checkAudit = async (
  ports: { raw: AuditPort; audit: AuditPort; dropped: boolean },
  findings: Findings,
): Promise<AuditSummary> => {
  const openings = new Set<string>()
  const links = new Map<string, Set<string>>()
  let events = 0
  let since = ports.dropped ? Number.POSITIVE_INFINITY : 0
  let after = 0

  const take = (event: AuditEvent): void => {
    const { type, accountId } = event
    if (accountId === undefined) return
    if (type === 'account.opened') openings.add(accountId)
    const record = type === 'link.created' ? recordOf(event) : undefined
    if (record !== undefined) links.set(accountId, (links.get(accountId) ?? new Set()).add(record))
    if (type === 'link.removed') links.get(accountId)?.delete(recordOf(event) ?? '')
  }

  for (;;) {
    const stored = await ports.raw.list({ after, limit: PAGE })
    const last = stored.at(-1)
    if (last === undefined) return { events, since, openings, links }
    events += stored.length
    for (const { at } of stored) since = Math.min(since, at)
    const opened = await ports.audit.list({ after, limit: stored.length }).catch(() => undefined)
    if (opened === undefined) findings.add('audit events do not open', `${after + 1} to ${last.sequence}`)
    else opened.forEach(take)
    after = last.sequence
  }
}
