import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { AuditEvent, AuditPort } from '#src/store/ports/audit.ts'

/** A request that was refused: where, as a log has it; why, by a code of ours or of OAuth; to which app, if it is known. */
export type Refusal = {
  readonly endpoint: string
  readonly code: string
  /** What names the request in the log. */
  readonly reference: string
  readonly clientId?: string
}

const FLUSH_EVERY_MS = 1000
const MINUTE_MS = 60_000
/** Refusals of a minute and node that have an event each; the others have one together. */
const MOST_A_MINUTE = 120
/** Events that wait while the store is away: ten minutes of them. */
const MOST_WAITING = 10 * MOST_A_MINUTE

/**
 * Notes what is refused in the audit trail, in the background: one event a request, and beyond so many a minute one that
 * counts them, so that whoever sends rubbish fills nothing up and nobody waits for a write. While the store is away events
 * wait for ten minutes; what is refused stays refused without them.
 * @see docs/decisions/0049-refused-requests.md
 */
export const createRefusals = (deps: { audit: Pick<AuditPort, 'append'>; clock: Clock }) => {
  const { audit, clock } = deps
  const noted = new WeakSet<object>()
  let minute = 0
  let single = 0
  let counts = new Map<string, number>()
  let waiting: readonly AuditEvent[] = []

  const wait = (events: readonly AuditEvent[]): void => {
    waiting = [...waiting, ...events].slice(0, MOST_WAITING)
  }

  const closeMinute = (): void => {
    if (counts.size > 0) wait([{ at: clock(), type: 'requests.refused', data: Object.fromEntries(counts) }])
    counts = new Map()
    single = 0
  }

  const followClock = (): void => {
    const now = Math.floor(clock() / MINUTE_MS)
    if (now !== minute) closeMinute()
    minute = now
  }

  const write = async (): Promise<void> => {
    const events = waiting
    if (events.length === 0) return
    waiting = []
    await audit.append(events).catch(error => {
      waiting = [...events, ...waiting].slice(0, MOST_WAITING)
      throw error
    })
  }

  return {
    /** Notes a request, once; of several refusals in it the first counts. @returns whether this is it */
    note: (request: object, { clientId, ...data }: Refusal): boolean => {
      if (noted.has(request)) return false
      noted.add(request)
      followClock()
      if (single < MOST_A_MINUTE) {
        single++
        wait([{ at: clock(), type: 'request.refused', ...(clientId !== undefined && { clientId }), data }])
      } else counts.set(data.code, (counts.get(data.code) ?? 0) + 1)
      return true
    },

    job: {
      name: 'refused requests',
      everyMs: FLUSH_EVERY_MS,
      run: async () => {
        followClock()
        await write()
      },
    } satisfies Job,

    /** Writes all there is: before a node ends. */
    flush: async (): Promise<void> => {
      closeMinute()
      await write()
    },
  }
}
