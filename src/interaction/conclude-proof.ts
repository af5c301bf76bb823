import { isDeepStrictEqual } from 'node:util'
import type { ProofOutcome } from '#src/linking/proof.ts'
import { type Answered, SHOW } from './answers.ts'
import { endAttempt, isProofLocked, keepProof, type LoginAttempt } from './attempt.ts'
import type { Versioned } from './attempts.ts'
import type { StepDeps } from './deps.ts'

const STOPS = { locked: 'proof.locked', 'owned-elsewhere': 'link.owned_elsewhere' } as const

/** Whether an attempt still waits for a proof by the identity that a try was counted for. */
const waitsFor = ({ identity, proved }: LoginAttempt, tried: LoginAttempt): boolean =>
  proved === undefined && identity !== undefined && isDeepStrictEqual(identity, tried.identity)

/** Whether nothing but another try at a proof has ended an attempt. */
const isStoppedByTry = ({ end }: LoginAttempt): boolean =>
  end?.kind === 'stopped' && Object.values(STOPS).some(code => code === end.code)

/**
 * Keeps what a proof came to, in the attempt as it is by then: other tries may have been counted, or looked at, meanwhile. A
 * right answer counts whatever became of the others, once; nothing takes it back.
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
        return isStoppedByTry(attempt) ? keepProof({ ...tried, proofTries: attempt.proofTries }, outcome) : undefined
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
      await attempts.change(counted, attempt =>
        waitsFor(attempt, tried) ? endAttempt(attempt, { kind: 'stopped', code }) : undefined,
      )
      return SHOW
    }
  }
}
