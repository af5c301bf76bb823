import type { Clock } from '#src/kernel/runtime.ts'
import type { AuditPort, FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

const PAGE = 500
/** An event of another node may become visible after later ones (store/mongo/audit.ts): these are read again. */
const UNSETTLED_MS = 15_000

/**
 * Reads the audit trail on from where it was read to, event by event: an event is written in the transaction of what it
 * tells, so whoever follows the trail misses nothing, whoever did it. One may be met several times.
 * @param deps.mark the name, among the store's keys, of how far it was read
 * @returns what reads what is new; when it throws, the same is read again
 */
export const createFollowTrail = (deps: {
  audit: Pick<AuditPort, 'list'>
  keys: Pick<KeysPort, 'putIfAbsent' | 'replace'>
  clock: Clock
  mark: string
  onEvent: (event: FoundAuditEvent) => Promise<void>
}): (() => Promise<void>) => {
  const { audit, keys, clock, mark, onEvent } = deps

  /** Reads on from a place. @returns how far nothing can come in between any more */
  const readOn = async (from: number): Promise<number> => {
    let [after, settled] = [from, from]
    for (;;) {
      const events = await audit.list({ after, limit: PAGE })
      for (const event of events) {
        await onEvent(event)
        if (event.at < clock() - UNSETTLED_MS) settled = event.sequence
      }
      after = events.at(-1)?.sequence ?? after
      if (events.length < PAGE) return settled
    }
  }

  return async () => {
    const stored = await keys.putIfAbsent(mark, '0')
    const settled = String(await readOn(Number(stored)))
    if (settled !== stored) await keys.replace(mark, stored, settled)
  }
}
