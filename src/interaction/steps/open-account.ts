import { type Answered, countTry, identityOf, mayAnswer, SHOW } from '#src/interaction/answers.ts'
import { isProofLocked, type LoginAttempt, MAX_CODES, noteEmailCode } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { CODE_MINUTES } from '#src/linking/one-time-codes.ts'
import type { NewcomersPart } from '#src/linking/open-new-account.ts'
import { finishLogin, loginByUpstream } from './finish.ts'

/** Whether another code may go to an address in this attempt. */
const mayConfirmMore = ({ newcomer, ...attempt }: LoginAttempt): boolean =>
  (newcomer?.codes.length ?? 0) < MAX_CODES && !isProofLocked(attempt)

/** Whether a new customer is asked for an e-mail address: none is known, and a code can confirm it (ADR 0058). */
export const asksEmail = ({ codeChannels }: Pick<StepDeps, 'codeChannels'>, attempt: LoginAttempt): boolean =>
  codeChannels.includes('mail') && attempt.identity?.claims.email === undefined && mayConfirmMore(attempt)

/** "I am new here": an account with the verified data, what the person added, and no records. */
export const answerNew = async (deps: StepDeps, from: Versioned, part: NewcomersPart): Promise<Answered> => {
  if (!(await mayAnswer(deps, from.attempt, 'registration'))) return SHOW
  const identity = identityOf(deps, from)
  const since = deps.clock()
  const { accountId } = await deps.openNewAccount(identity, { clientId: from.attempt.clientId }, part)
  deps.count('new', from.attempt)
  return { kind: 'redirect', to: await finishLogin(deps, from, loginByUpstream(accountId, identity, since)) }
}

/** A code to the address that a new customer typed. `locked`: none can be sent now. */
export const askForEmailCode = async (
  deps: StepDeps,
  from: Versioned,
  asked: { email: string; ip: string; terms?: string },
): Promise<Answered> => {
  const { attempt } = from
  if (!(await mayAnswer(deps, attempt, 'registration')) || !asksEmail(deps, attempt)) return SHOW
  const identity = identityOf(deps, from)
  const { clientId, uid, locale, newcomer } = attempt
  const made = await deps.confirmEmail.newCode(identity, { clientId, attemptUid: uid }, asked)
  if (made === 'locked') return { kind: 'locked' }
  const noted = await deps.attempts.tryTransition(from, noteEmailCode(attempt, made.sent, asked.terms))
  if (noted === undefined) return SHOW
  await deps.queueMessage({
    event: `email ${uid} ${newcomer?.codes.length ?? 0}`,
    lifetimeMs: CODE_MINUTES * 60_000,
    content: {
      name: 'code',
      model: { code: made.code, minutes: CODE_MINUTES },
      recipient: { channel: 'mail', to: asked.email, locale },
      ...(made.silent && { silent: true }),
    },
  })
  return SHOW
}

/** One try at the code of a new customer's address, counted with those at a proof; right, the account is opened. */
export const answerEmailCode = async (deps: StepDeps, from: Versioned, typed: string): Promise<Answered> => {
  if (from.attempt.newcomer === undefined) return SHOW
  const tried = await countTry(deps, from, attempt => mayAnswer(deps, attempt, 'registration'))
  if (tried.kind !== 'counted') return tried
  const { counted } = tried
  const { newcomer, clientId, uid } = counted.attempt
  const { codes = [], terms } = newcomer ?? {}
  const identity = identityOf(deps, counted)
  const email = deps.confirmEmail.confirmed(identity, { clientId, attemptUid: uid }, { typed, codes })
  if (email === undefined) return { kind: isProofLocked(counted.attempt) ? 'locked' : 'wrong' }
  return answerNew(deps, counted, { email, ...(terms !== undefined && { terms }) })
}
