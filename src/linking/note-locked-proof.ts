import type { LimitsPort } from '#src/store/ports/limits.ts'
import { type ConcludeDeps, createConcludeProof } from './conclude-proof.ts'
import type { ProofContext } from './proof.ts'
import { referenceTo } from './references.ts'

/** Longer than an attempt lives. */
const DAY_SECONDS = 24 * 3600

/** Notes that a try came after the last one. */
export type NoteLockedProof = (context: ProofContext) => Promise<void>

/**
 * Makes the note in the audit trail that a try came after the last one: once for an attempt, however many follow. The
 * attempt itself is not written: the last try may still be looked at, and what it proves counts.
 * @throws PiasError `store.unavailable`
 */
export const createNoteLockedProof = (deps: ConcludeDeps & { readonly limits: LimitsPort }): NoteLockedProof => {
  const { refuse } = createConcludeProof(deps)
  return async context => {
    const tries = await deps.limits.hit(`locked:${referenceTo(context.attemptUid)}`, DAY_SECONDS)
    if (tries === 1) await refuse('locked', context)
  }
}
