import { createRefusals } from '#src/audit/refusals.ts'
import type { NoteRefusal } from '#src/http/error-boundary.ts'
import { loggedPath } from '#src/http/logged-path.ts'
import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'

/** What notes refused requests, and what writes them down. */
export type Refusals = {
  readonly note: NoteRefusal
  readonly job: Job
  /** Writes all that waits: before a node ends. */
  readonly flush: () => Promise<void>
}

/** Joins the audit trail and the metrics: a refused request is an event in one and a count in the other. */
export const composeRefusals = (deps: {
  audit: Pick<AuditPort, 'append'>
  countRefusal: (code: string) => void
  clock: Clock
}): Refusals => {
  const { note, job, flush } = createRefusals(deps)
  return {
    note: (ctx, code, clientId) => {
      const endpoint = `${ctx.method} ${loggedPath(ctx.path)}`
      const refusal = { endpoint, code, reference: ctx.state.reference, ...(clientId !== undefined && { clientId }) }
      if (note(ctx, refusal)) deps.countRefusal(code)
    },
    job,
    flush,
  }
}
