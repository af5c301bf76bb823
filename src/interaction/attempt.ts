import type { ErrorCode } from '#src/kernel/errors.ts'
import type { AccountId, Acr, Locale, Purpose, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { SentCode } from '#src/linking/one-time-codes.ts'
import type { ProofOutcome } from '#src/linking/proof.ts'
import { identityReference, referenceTo } from '#src/linking/references.ts'
import type { ConsentDatum } from '#src/pages/view-models.ts'
import type { Subject } from '#src/rollout/allowed-methods.ts'

/**
 * Where a leg upstream stands. `here`: none has begun; the person is asked something first. `away`: the browser is
 * there. `returning`: one request has taken the state and works on it, since `since` (epoch milliseconds). `back`: an
 * identity came of it. `failed`: it ended without one.
 */
export type UpstreamLeg =
  | { readonly status: 'here' }
  | { readonly status: 'away'; readonly state: string; readonly handoff: Json }
  | { readonly status: 'returning'; readonly since: number }
  | { readonly status: 'back' }
  | { readonly status: 'failed'; readonly code: ErrorCode }

/** What a consent page shows: the verified values of the person among it, so it is kept as the identity is. */
export type ConsentPage = { readonly data: readonly ConsentDatum[]; readonly thirdParty: boolean }

/**
 * How an attempt ended; the browser is sent to `returnTo` with the result that is stored there. `tried`: the identity whose try
 * at a proof stopped it, by reference.
 */
export type AttemptEnd =
  | { readonly kind: 'logged-in'; readonly accountId: AccountId }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'stopped'; readonly code: ErrorCode; readonly tried?: string }

/** One login of one browser at one app, from the authorization request to the answer. */
export type LoginAttempt = {
  /** The interaction's id at the provider. */
  readonly uid: string
  readonly returnTo: string
  readonly clientId: string
  readonly upstream: string
  /** Why the person is sent there; upstreams that care have a journey for each. */
  readonly purpose: Exclude<Purpose, 'confirmation'>
  /** Of whom the app's policy decides. */
  readonly subject: Omit<Subject, 'purpose'>
  /** SHA-256 of the secret in the browser's own cookie for this attempt. */
  readonly browser: string
  readonly locale: Locale
  /** The level the app asked for, if any. */
  readonly acr?: Acr
  /** Seconds that may have passed since the upstream authenticated the person, if the app minds. */
  readonly maxAge?: number
  readonly leg: UpstreamLeg
  /** Present from the moment a person came back who could not be linked with certainty. */
  readonly identity?: VerifiedIdentity
  /** What the app asks the person for, and how the page says it; then there is no leg upstream. */
  readonly consent?: { readonly accountId: AccountId; readonly scopes: readonly string[]; readonly page: ConsentPage }
  /** Why the person is asked before the identity is used: a call was in progress at the upstream. */
  readonly pause?: 'call'
  /** Who logged in with an old password and has not gone on yet, and when (epoch milliseconds). */
  readonly password?: { readonly accountId: AccountId; readonly at: number }
  /** That this login bound an account from before: when its old login ends, in epoch milliseconds. */
  readonly connected?: { readonly retiresAt: number }
  /** Codes that were asked for, in their order, to contacts that the person typed. */
  readonly codes?: readonly SentCode[]
  /** Codes to an address that a new customer typed, in their order, and the terms that were shown with it. */
  readonly newcomer?: { readonly codes: readonly SentCode[]; readonly terms?: string }
  /** What the person has proved and not answered yet; then there is nothing more to prove. */
  readonly proved?: Extract<ProofOutcome, { kind: 'found' | 'recreated' }>
  /** Proofs tried so far. */
  readonly proofTries: number
  readonly end?: AttemptEnd
}

/** Codes that may be asked for within one attempt. */
export const MAX_CODES = 5

/** Tries at a proof within one attempt. */
export const MAX_PROOF_TRIES = 5

/** Whether a person has used up the tries at a proof; the pages then offer what is left. */
export const isProofLocked = ({ proofTries }: LoginAttempt): boolean => proofTries >= MAX_PROOF_TRIES

/**
 * The browser goes upstream (again): what an earlier leg left behind is dropped. A policy that changes meanwhile does not
 * take away what has begun, unless it takes the upstream away from everybody.
 */
export const leave = (
  { identity: _identity, codes: _codes, proved: _proved, newcomer: _newcomer, ...attempt }: LoginAttempt,
  state: string,
  handoff: Json,
): LoginAttempt => ({
  ...attempt,
  subject: { ...attempt.subject, usedUpstream: true },
  leg: { status: 'away', state, handoff },
})

/** One request takes the upstream's answer; no other can after that. */
export const takeReturn = (attempt: LoginAttempt, now: number): LoginAttempt => ({
  ...attempt,
  leg: { status: 'returning', since: now },
})

/** The leg ended without an identity. */
export const failLeg = (attempt: LoginAttempt, code: ErrorCode): LoginAttempt => ({
  ...attempt,
  leg: { status: 'failed', code },
})

/** An identity came back while a call was in progress: the person decides whether to go on. */
export const pauseForCall = (attempt: LoginAttempt, identity: VerifiedIdentity): LoginAttempt => ({
  ...attempt,
  leg: { status: 'back' },
  identity,
  pause: 'call',
})

/** The person goes on after the warning; one request of any number does. */
export const resumeAfterCall = ({ pause: _over, ...attempt }: LoginAttempt, now: number): LoginAttempt =>
  takeReturn(attempt, now)

/** An identity came back that needs the person's own word: a proof, or "I am new here". */
export const awaitPerson = (attempt: LoginAttempt, identity: VerifiedIdentity): LoginAttempt => ({
  ...attempt,
  leg: { status: 'back' },
  identity,
})

/** One more try at a proof, counted before it is looked at. */
export const countProof = (attempt: LoginAttempt): LoginAttempt => ({ ...attempt, proofTries: attempt.proofTries + 1 })

/** The old password was right: what comes next is the policy's affair. */
export const enterPassword = (attempt: LoginAttempt, accountId: AccountId, at: number): LoginAttempt => ({
  ...attempt,
  password: { accountId, at },
})

/** The old login ended while the person was asked what to do with it: the login begins again. */
export const forgetPassword = ({ password: _ended, ...attempt }: LoginAttempt): LoginAttempt => attempt

/** One more code was asked for; those before stay valid for their own time. */
export const noteCode = (attempt: LoginAttempt, code: SentCode): LoginAttempt => ({
  ...attempt,
  codes: [...(attempt.codes ?? []), code],
})

/** A code went to the address of a new customer; those before stay valid for their own time. */
export const noteEmailCode = (attempt: LoginAttempt, code: SentCode, terms: string | undefined): LoginAttempt => ({
  ...attempt,
  newcomer: { codes: [...(attempt.newcomer?.codes ?? []), code], ...(terms !== undefined && { terms }) },
})

/** Something was proved; no code is worth anything from here on. */
export const keepProof = (
  { codes: _used, ...attempt }: LoginAttempt,
  proved: NonNullable<LoginAttempt['proved']>,
): LoginAttempt => ({ ...attempt, proved })

/** The attempt is over; the identity is forgotten with it. */
export const endAttempt = (attempt: LoginAttempt, end: AttemptEnd): LoginAttempt => {
  const {
    identity: _identity,
    consent: _consent,
    password: _password,
    codes: _codes,
    proved: _proved,
    newcomer: _newcomer,
    ...rest
  } = attempt
  return { ...rest, leg: rest.leg.status === 'failed' ? rest.leg : { status: 'back' }, end }
}

/** Names an identity as it came back, without what it says of the person. */
const referenceOf = ({ key, authTime }: VerifiedIdentity): string => referenceTo(identityReference(key), `${authTime}`)

/** A try at a proof ends the attempt. */
export const stopByTry = (attempt: LoginAttempt, code: ErrorCode): LoginAttempt => {
  const { identity } = attempt
  return endAttempt(attempt, { kind: 'stopped', code, ...(identity && { tried: referenceOf(identity) }) })
}

/** Whether nothing but a try by the identity of `before`, the attempt as it was then, has ended an attempt. */
export const isStoppedByTryOf = ({ end }: LoginAttempt, { identity }: LoginAttempt): boolean =>
  end?.kind === 'stopped' && identity !== undefined && end.tried === referenceOf(identity)
