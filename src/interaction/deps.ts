import type { PasswordOutcome } from '#src/accounts/credentials/check-password.ts'
import type { PasskeyOutcome } from '#src/accounts/credentials/passkeys.ts'
import type { AccountId, Acr, IdentityKey, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { BindLoginOutcome } from '#src/linking/bind-login.ts'
import type { ConfirmEmail } from '#src/linking/confirm-email.ts'
import type { ConfirmRecreated } from '#src/linking/confirm-recreated.ts'
import type { LinkRecords } from '#src/linking/link-records.ts'
import type { NoteLockedProof } from '#src/linking/note-locked-proof.ts'
import type { NewcomersPart } from '#src/linking/open-new-account.ts'
import type { ProofOutcome } from '#src/linking/proof.ts'
import type { ProveContact } from '#src/linking/prove-contact.ts'
import type { ProofAnswer } from '#src/linking/prove-customer.ts'
import type { LinkResolution } from '#src/linking/resolve-link.ts'
import type { TypedContact } from '#src/linking/typed-contact.ts'
import type { QueueMessage } from '#src/messaging/queue-message.ts'
import type { Use } from '#src/rollout/allowed-methods.ts'
import type { CountedStep } from '#src/rollout/decision-counts.ts'
import type { Account } from '#src/store/ports/accounts.ts'
import type { AllowedFor } from './allowed-for.ts'
import type { LoginAttempt } from './attempt.ts'
import type { Attempts } from './attempts.ts'
import type { Dispatch } from './dispatch.ts'
import type { AccountLogin } from './steps/finish.ts'
import type { UpstreamOf } from './upstream-of.ts'

/** Ends the interaction at the provider; structurally the provider's gate. */
export type FinishInteraction = (
  uid: string,
  result:
    | { readonly login: AccountLogin }
    | { readonly consent: true }
    | { readonly error: 'access_denied' | 'temporarily_unavailable'; readonly description: string },
) => Promise<string | undefined>

/** What the steps of a login work with. */
export type StepDeps = {
  readonly attempts: Attempts
  readonly allowedFor: AllowedFor
  readonly dispatch: Dispatch
  readonly upstreamOf: UpstreamOf
  readonly callbackUrl: (upstream: string) => string
  /** The account that an identity is bound to. */
  readonly findKnown: (identity: IdentityKey) => Promise<Account | undefined>
  readonly resolveLink: (
    identity: VerifiedIdentity,
    context: { clientId: string; linking: Use; known?: Promise<Account | undefined> },
  ) => Promise<LinkResolution>
  readonly proveCustomer: (
    identity: VerifiedIdentity,
    context: { clientId: string; attemptUid: string },
    answer: ProofAnswer,
  ) => Promise<ProofOutcome>
  readonly proveContact: ProveContact
  readonly noteLockedProof: NoteLockedProof
  readonly linkRecords: LinkRecords
  readonly confirmRecreated: ConfirmRecreated
  /** Puts an identity in the place of the account's older one of the same upstream, and tells people. @returns false when it may not be */
  readonly moveIdentity: (accountId: AccountId, identity: IdentityKey) => Promise<boolean>
  readonly queueMessage: QueueMessage
  /** The channels by which a code reaches somebody. */
  readonly codeChannels: readonly TypedContact['channel'][]
  readonly openNewAccount: (
    identity: VerifiedIdentity,
    context: { clientId: string },
    part: NewcomersPart,
  ) => Promise<{ accountId: AccountId }>
  readonly confirmEmail: ConfirmEmail
  /** Whether an old username and password are right. */
  readonly checkPassword: (
    entry: { username: string; password: string; ip: string },
    context: { clientId: string },
  ) => Promise<PasswordOutcome>
  /** What a browser is told to log somebody in by a passkey, whoever it is. */
  readonly passkeyOptions: (challenge: Uint8Array) => Promise<object>
  /** Whose passkey a browser showed. */
  readonly checkPasskey: (
    shown: { response: unknown; challenge: Uint8Array },
    context: { clientId: string },
  ) => Promise<PasskeyOutcome>
  /** The level of a login by a passkey. */
  readonly passkeyAcr: Acr
  /** Whether the old login of an account, entered a while ago, is still worth something. */
  readonly mayStillLogIn: (accountId: AccountId) => Promise<boolean>
  /** Makes an account from before that of this identity. `enteredAt`: when its old login was, in epoch milliseconds. */
  readonly bindLogin: (
    identity: VerifiedIdentity,
    accountId: AccountId,
    context: { clientId: string; enteredAt: number },
  ) => Promise<BindLoginOutcome>
  readonly oldLogin: { readonly acr: Acr; readonly asProof: boolean }
  readonly giveConsent: (accountId: AccountId, clientId: string, scopes: readonly string[]) => Promise<void>
  readonly finish: FinishInteraction
  /** Counts one person at a step of the funnel, or how matching came out. */
  readonly count: (step: CountedStep, attempt: LoginAttempt) => void
  readonly clock: Clock
  readonly logger: Logger
}
