import { type Answered, countTry, identityOf, mayAnswer, SHOW } from '#src/interaction/answers.ts'
import { isProofLocked, type LoginAttempt, MAX_CODES, noteCode, stopByTry } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import { keepOutcome } from '#src/interaction/conclude-proof.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { CODE_MINUTES } from '#src/linking/one-time-codes.ts'
import { isVerified } from '#src/linking/proof.ts'
import type { TypedContact } from '#src/linking/typed-contact.ts'

/**
 * Whether a code is a way to prove something here at all: it needs a way to send it, and claims that are not the person's
 * own word. Says nothing of any record.
 */
export const offersCode = ({ codeChannels }: Pick<StepDeps, 'codeChannels'>, { identity }: LoginAttempt): boolean =>
  codeChannels.length > 0 && identity !== undefined && isVerified(identity)

/** Whether another code may be asked for in this attempt. */
export const mayHaveMore = ({ codes = [] }: LoginAttempt): boolean => codes.length < MAX_CODES

/**
 * "Send me a code": kept in the attempt before it is queued, and queued whether or not it may be sent, so that nobody can
 * tell. Beyond the codes of an attempt nothing happens, and it looks the same.
 */
export const askForCode = async (
  deps: StepDeps,
  from: Versioned,
  asked: { contact: TypedContact; ip: string },
): Promise<Answered> => {
  if (!(await mayAnswer(deps, from.attempt, 'linking'))) return SHOW
  const { attempt } = from
  if (isProofLocked(attempt)) return { kind: 'locked' }
  const identity = identityOf(deps, from)
  const { clientId, uid, locale, codes = [] } = attempt
  if (!offersCode(deps, attempt) || !mayHaveMore(attempt)) return SHOW
  const made = await deps.proveContact.newCode(identity, { clientId, attemptUid: uid }, asked)
  if (made === 'locked') {
    await deps.attempts.tryTransition(from, stopByTry(attempt, 'proof.locked'))
    return SHOW
  }
  const noted = await deps.attempts.tryTransition(from, noteCode(attempt, made.sent))
  if (noted === undefined) return SHOW
  const { channel, value: to } = asked.contact
  await deps.queueMessage({
    event: `code ${uid} ${codes.length}`,
    lifetimeMs: CODE_MINUTES * 60_000,
    content: {
      name: 'code',
      model: { code: made.code, minutes: CODE_MINUTES },
      recipient: { channel, to, locale },
      ...(made.silent && { silent: true }),
    },
  })
  return SHOW
}

/** One try at the code, counted together with those at any other proof. */
export const answerCode = async (deps: StepDeps, from: Versioned, typed: string): Promise<Answered> => {
  const tried = await countTry(deps, from, attempt => mayAnswer(deps, attempt, 'linking'))
  if (tried.kind !== 'counted') return tried
  const { counted } = tried
  const { clientId, uid, codes = [] } = counted.attempt
  const context = { clientId, attemptUid: uid }
  const outcome = await deps.proveContact.checkCode(identityOf(deps, counted), context, { typed, codes })
  return keepOutcome(deps, counted, outcome)
}
