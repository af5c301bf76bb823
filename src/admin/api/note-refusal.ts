import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/** Refusals before an operation, of all nodes together, that are written down in a minute. */
const MOST = 60
const MINUTE_SECONDS = 60

/**
 * A refusal that no operation noted. `operation`: what was wanted, by its name and never by an address, which may hold
 * people's numbers; `by`: the account, where it is known.
 */
export type EarlyRefusal = { readonly operation: string; readonly code: string; readonly by?: string }

/**
 * Writes down in the audit trail who was refused before an operation was reached: without a good token or login, without a
 * role, with a form that is not ours. Nobody fills the trail by that: the first of a minute are told, the others logged.
 */
export const createNoteRefusal =
  (deps: { audit: Pick<AuditPort, 'append'>; limits: Pick<LimitsPort, 'hit'>; clock: Clock; logger: Logger }) =>
  async (refusal: EarlyRefusal): Promise<void> => {
    const { audit, limits, clock, logger } = deps
    if ((await limits.hit('admin-strangers', MINUTE_SECONDS)) > MOST) {
      const { operation, code } = refusal
      logger.warn({ event: 'admin_refused', operation, code }, 'refused on the admin plane before any operation')
      return
    }
    await audit.append([{ at: clock(), type: 'admin.refused', data: refusal }])
  }

/** Writes down an early refusal. */
export type NoteRefusal = ReturnType<typeof createNoteRefusal>
