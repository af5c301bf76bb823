import { setTimeout } from 'node:timers/promises'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

/** Its events are opened in one go: what waits meanwhile waits some milliseconds. */
const PAGE = 100
/** An event of another node may become visible after later ones (store/mongo/audit.ts): these are read again. */
const UNSETTLED_MS = 15_000

/** What one act wrote of one account, event after event. */
const isOneAct = (event: FoundAuditEvent, next: FoundAuditEvent): boolean =>
  event.accountId !== undefined && next.accountId === event.accountId && next.at === event.at

type Act = [FoundAuditEvent, ...FoundAuditEvent[]]

const actsOf = (events: readonly FoundAuditEvent[]): readonly Act[] => {
  const acts: Act[] = []
  for (const event of events) {
    const act = acts.at(-1)
    if (act !== undefined && isOneAct(act[0], event)) act.push(event)
    else acts.push([event])
  }
  return acts
}

/**
 * Reads the audit trail on from where it was read to, act by act: an event is written in the transaction of what it
 * tells, so whoever follows the trail misses nothing, whoever did it. What this very follower has dealt with it passes
 * over, and it looks back at what may have come in between only as often as that takes to settle (ADR 0092). One that
 * starts, or another node's, may meet an event again, but none older than `newsMs`, which is no news any more and, at a
 * start, not even read. With much to catch up on it rests as long as it works, so that requests have the other half.
 * @param deps.mark the name, among the store's keys, of how far it was read
 * @param deps.newsMs how old an event may be that matters to whoever follows
 * @param deps.onEvents given what one act wrote of an account at once, so that the account is looked up once for it
 * @param deps.atOnce how many acts are dealt with at the same time, whatever their order; one after the other unless given
 * @returns what reads what is new; when it throws, the act it failed at is read again, with those that went along
 */
export const createFollowTrail = (deps: {
  audit: Pick<AuditPort, 'list' | 'search'>
  keys: Pick<KeysPort, 'putIfAbsent' | 'replace'>
  clock: Clock
  mark: string
  newsMs: number
  onEvents: (events: readonly FoundAuditEvent[]) => Promise<void>
  atOnce?: number
}): (() => Promise<void>) => {
  const { audit, keys, clock, mark, newsMs, onEvents, atOnce = 1 } = deps
  /** Events that were dealt with and may be met once more. */
  let known = new Set<number>()
  let readTo = 0
  let lookedBackAt = Number.NEGATIVE_INFINITY

  /** @returns the last before which nothing could come in any more when it was read, however long ago that is by now */
  const deal = async (acts: readonly Act[], readAt: number): Promise<number | undefined> => {
    const isFresh = ({ at, sequence }: FoundAuditEvent): boolean => at >= readAt - newsMs && !known.has(sequence)
    const fresh = acts.map(act => act.filter(isFresh)).filter(({ length }) => length > 0)
    const failed = (await Promise.allSettled(fresh.map(onEvents))).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    let settled: number | undefined
    for (const { sequence, at } of acts.flat()) {
      readTo = Math.max(readTo, sequence)
      if (at < readAt - UNSETTLED_MS) settled = sequence
      else known.add(sequence)
    }
    return settled
  }

  /** Reads on from a place. @returns how far nothing can come in between any more */
  const readOn = async (from: number, readAt: number): Promise<number> => {
    let [after, settled] = [from, from]
    for (;;) {
      const startedAt = performance.now()
      const events = await audit.list({ after, limit: PAGE })
      const acts = actsOf(events)
      for (let at = 0; at < acts.length; at += atOnce) {
        settled = (await deal(acts.slice(at, at + atOnce), readAt)) ?? settled
      }
      after = events.at(-1)?.sequence ?? after
      if (events.length < PAGE) return settled
      await setTimeout(performance.now() - startedAt)
    }
  }

  const findLastOfOld = async (now: number): Promise<number> => {
    const [event] = await audit.search({ to: now - newsMs, limit: 1 })
    return event?.sequence ?? 0
  }

  return async () => {
    const now = clock()
    const stored = await keys.putIfAbsent(mark, '0')
    if (now - lookedBackAt < UNSETTLED_MS) {
      await readOn(Math.max(readTo, Number(stored)), now)
      return
    }
    const old = lookedBackAt === Number.NEGATIVE_INFINITY ? await findLastOfOld(now) : 0
    const settled = await readOn(Math.max(old, Number(stored)), now)
    known = new Set([...known].filter(sequence => sequence > settled))
    lookedBackAt = now
    if (String(settled) !== stored) await keys.replace(mark, stored, String(settled))
  }
}
