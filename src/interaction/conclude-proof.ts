import { isDeepStrictEqual } from 'node:util'
import type { ProofOutcome } from '#src/linking/proof.ts'
import { type Answered, SHOW } from './answers.ts'
import { isProofLocked, isStoppedByTryOf, keepProof, type LoginAttempt, stopByTry } from './attempt.ts'
import type { Versioned } from './attempts.ts'
import type { StepDeps } from './deps.ts'

const STOPS = { locked: 'proof.locked', 'owned-elsewhere': 'link.owned_elsewhere' } as const

/** Whether an attempt still waits for a proof by the identity that a try was counted for. */
const waitsFor = ({ identity, proved }: LoginAttempt, tried: LoginAttempt): boolean =>
  proved === undefined && identity !== undefined && isDeepStrictEqual(identity, tried.identity)

/**
 * Keeps what a proof came to, in the attempt as it is by then: other tries may have been counted, or looked at, meanwhile. A
 * right answer counts whatever became of the others, once; nothing takes it back. It brings an attempt back that only another
 * try of the same identity has stopped, and no other.
 */
export const keepOutcome = async (
  deps: Pick<StepDeps, 'attempts' | 'count'>,
  counted: Versioned,
  outcome: ProofOutcome,
): Promise<Answered> => {
  const { attempts } = deps
  const tried = counted.attempt
  switch (outcome.kind) {
    case 'found':
    case 'recreated': {
      const kept = await attempts.change(counted, attempt => {
        if (waitsFor(attempt, tried)) return keepProof(attempt, outcome)
        return isStoppedByTryOf(attempt, tried)
          ? keepProof({ ...tried, proofTries: attempt.proofTries }, outcome)
          : undefined
      })
      if (kept !== undefined) deps.count('proved', kept.attempt)
      return SHOW
    }
    case 'wrong': {
      const now = await attempts.find(tried.uid)
      if (now === undefined || !waitsFor(now.attempt, tried)) return SHOW
      return { kind: isProofLocked(now.attempt) ? 'locked' : 'wrong' }
    }
    default: {
      const code = STOPS[outcome.kind]
      await attempts.change(counted, attempt => (waitsFor(attempt, tried) ? stopByTry(attempt, code) : undefined))
      return SHOW
    }
  }
}
