import type { AccountsPort } from './accounts.ts'
import type { ArtifactsPort, GrantsPort } from './artifacts.ts'
import type { AttemptsPort } from './attempts.ts'
import type { AuditPort } from './audit.ts'
import type { AuditChainPort } from './audit-chain.ts'
import type { ClientsPort } from './clients.ts'
import type { ConsentsPort } from './consents.ts'
import type { CredentialsPort } from './credentials.ts'
import type { CustomersPort } from './customers.ts'
import type { DataKeysPort } from './data-keys.ts'
import type { ErasuresPort } from './erasures.ts'
import type { FunnelPort } from './funnel.ts'
import type { KeysPort } from './keys.ts'
import type { LimitsPort } from './limits.ts'
import type { LinkChangesPort } from './link-changes.ts'
import type { LogoutsPort } from './logouts.ts'
import type { MessagesPort } from './messages.ts'
import type { PasskeysPort } from './passkeys.ts'
import type { ReviewsPort } from './reviews.ts'
import type { RolloutsPort } from './rollouts.ts'

/** What must last: lost never, not even on a power cut after the answer went out. */
export type DurableStore = {
  readonly accounts: AccountsPort
  readonly audit: AuditPort
  readonly auditChain: AuditChainPort
  readonly customers: CustomersPort
  readonly keys: KeysPort
  readonly dataKeys: DataKeysPort
  readonly erasures: ErasuresPort
  readonly consents: ConsentsPort
  readonly linkChanges: LinkChangesPort
  readonly credentials: CredentialsPort
  readonly passkeys: PasskeysPort
  readonly logouts: LogoutsPort
  readonly clients: ClientsPort
  readonly rollouts: RolloutsPort
  readonly funnel: FunnelPort
  readonly messages: MessagesPort
  readonly reviews: ReviewsPort
  /** Grants and refresh tokens: what was ended must not revive. */
  readonly grants: GrantsPort
}

/** What may be redone by a click: gone after its time to live, and at worst after a crash. */
export type ExpiringStore = {
  readonly artifacts: ArtifactsPort
  readonly attempts: AttemptsPort
  readonly limits: LimitsPort
}

/** All persistence of a node. `ping` rejects with `store.unavailable` when a write would fail; `close` ends it. */
export type Store = DurableStore &
  ExpiringStore & {
    ping(): Promise<void>
    close(): Promise<void>
  }
