import type { Clock } from '#src/kernel/runtime.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

const PAGE = 500
/** An event of another node may become visible after later ones (store/mongo/audit.ts): these are read again. */
const UNSETTLED_MS = 15_000

/**
 * Reads the audit trail on from where it was read to, event by event: an event is written in the transaction of what it
 * tells, so whoever follows the trail misses nothing, whoever did it. What this very follower has dealt with it passes
 * over, and it looks back at what may have come in between only as often as that takes to settle (ADR 0092). One that
 * starts, or another node's, may meet an event again.
 * @param deps.mark the name, among the store's keys, of how far it was read
 * @returns what reads what is new; when it throws, the event it failed at is read again
 */
export const createFollowTrail = (deps: {
  audit: Pick<AuditPort, 'list'>
  keys: Pick<KeysPort, 'putIfAbsent' | 'replace'>
  clock: Clock
  mark: string
  onEvent: (event: FoundAuditEvent) => Promise<void>
}): (() => Promise<void>) => {
  const { audit, keys, clock, mark, onEvent } = deps
  /** Events that were dealt with and may be met once more. */
  let known = new Set<number>()
  let readTo = 0
  let lookedBackAt = Number.NEGATIVE_INFINITY

  /** @returns whether nothing could come in before it any more when it was read, however long ago that is by now */
  const deal = async (event: FoundAuditEvent, readAt: number): Promise<boolean> => {
    const { sequence, at } = event
    if (!known.has(sequence)) await onEvent(event)
    readTo = Math.max(readTo, sequence)
    const isSettled = at < readAt - UNSETTLED_MS
    if (!isSettled) known.add(sequence)
    return isSettled
  }

  /** Reads on from a place. @returns how far nothing can come in between any more */
  const readOn = async (from: number, readAt: number): Promise<number> => {
    let [after, settled] = [from, from]
    for (;;) {
      const events = await audit.list({ after, limit: PAGE })
      for (const event of events) if (await deal(event, readAt)) settled = event.sequence
      after = events.at(-1)?.sequence ?? after
      if (events.length < PAGE) return settled
    }
  }

  return async () => {
    const now = clock()
    const stored = await keys.putIfAbsent(mark, '0')
    if (now - lookedBackAt < UNSETTLED_MS) {
      await readOn(Math.max(readTo, Number(stored)), now)
      return
    }
    const settled = await readOn(Number(stored), now)
    known = new Set([...known].filter(sequence => sequence > settled))
    lookedBackAt = now
    if (String(settled) !== stored) await keys.replace(mark, stored, String(settled))
  }
}
