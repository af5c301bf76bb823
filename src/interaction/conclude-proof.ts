import type { ProofOutcome } from '#src/linking/proof.ts'
import { type Answered, SHOW } from './answers.ts'
import { endAttempt, isProofLocked, keepProof } from './attempt.ts'
import type { Versioned } from './attempts.ts'
import type { StepDeps } from './deps.ts'

/** Keeps what a proof came to. Of parallel answers one is kept: a proof counts once. */
export const keepOutcome = async (deps: StepDeps, counted: Versioned, outcome: ProofOutcome): Promise<Answered> => {
  const { attempt } = counted
  switch (outcome.kind) {
    case 'found':
    case 'recreated':
      if (await deps.attempts.tryTransition(counted, keepProof(attempt, outcome))) deps.count('proved', attempt)
      return SHOW
    case 'wrong':
      return { kind: isProofLocked(attempt) ? 'locked' : 'wrong' }
    case 'locked':
      await deps.attempts.tryTransition(counted, endAttempt(attempt, { kind: 'stopped', code: 'proof.locked' }))
      return SHOW
    case 'owned-elsewhere':
      await deps.attempts.tryTransition(counted, endAttempt(attempt, { kind: 'stopped', code: 'link.owned_elsewhere' }))
      return SHOW
  }
}
