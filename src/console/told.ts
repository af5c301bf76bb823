import type { z } from 'zod'
import type { AdminList } from '#src/admin/admins.ts'
import type { Answer } from '#src/admin/api/route.ts'
import type { AccountView } from '#src/admin/operations/accounts.ts'
import type { ApiView } from '#src/admin/operations/api-views.ts'
import type { ClientLint } from '#src/admin/operations/client-lint.ts'
import type { ClientDetail, ClientView } from '#src/admin/operations/clients.ts'
import type { DecisionView } from '#src/admin/operations/decisions.ts'
import type { LinkView } from '#src/admin/operations/link-history.ts'
import type { Overview } from '#src/admin/operations/overview.ts'
import type { alarmsView, busiestView } from '#src/admin/routes/alarm-routes.ts'
import type { changeDetail, changeView, moveView, plannedView } from '#src/admin/routes/link-routes.ts'
import type { outcomesView, replayView, rulesView } from '#src/admin/routes/matching-routes.ts'
import type { namedRecord } from '#src/admin/routes/name-routes.ts'
import type { previewView } from '#src/admin/routes/preview-routes.ts'
import type { quickstartView } from '#src/admin/routes/quickstart-routes.ts'
import type { reviewDetail, reviewLine } from '#src/admin/routes/review-routes.ts'
import type { sideView } from '#src/admin/routes/schemas.ts'
import type { trialBegun, trialReport } from '#src/admin/routes/trial-routes.ts'
import type { DecisionCount } from '#src/rollout/decision-counts.ts'
import type { RolloutPolicy } from '#src/rollout/policy.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { FunnelCount } from '#src/store/ports/funnel.ts'
import type { StoredRollout } from '#src/store/ports/rollouts.ts'

/** An act on links, a move of one, and a review, as the API tells them. */
export type ChangeView = z.output<typeof changeView>
export type MoveView = z.output<typeof moveView>
export type SideView = z.output<typeof sideView>
export type ReviewLine = z.output<typeof reviewLine>

/** A record found by the name of its person. */
export type NamedRecord = z.output<typeof namedRecord>

/** How linking goes. */
export type AlarmsTold = z.output<typeof alarmsView>

/** A test login that begins, and what came of it. */
export type TrialBegun = z.output<typeof trialBegun>
export type TrialReport = z.output<typeof trialReport>
export type TrialError = NonNullable<TrialReport['error']>

/** What must be told again to change something: the version that was looked at, as the ETag has it. */
type Versioned = { readonly version: number }
type Paged = { readonly next?: string }
/** What is sent as a file, part by part. */
export type Streamed = { readonly stream: NonNullable<Answer['stream']> }
type Nothing = Readonly<Record<never, never>>

type RolloutTold = Versioned & {
  readonly policy: RolloutPolicy
  readonly fromFile: boolean
  readonly before?: { readonly policy: RolloutPolicy; readonly stored: boolean }
  readonly versions: readonly Pick<StoredRollout, 'version' | 'at' | 'by' | 'reason'>[]
}
type ChangesTold = Paged & { readonly changes: readonly ChangeView[] }
type EventsTold = Paged & { readonly events: readonly FoundAuditEvent[] }

/** What the operations that the console uses tell, by their ids. */
export type Told = {
  readonly bootstrap: Nothing
  readonly listAdmins: Pick<AdminList, 'version' | 'admins'>
  readonly setRoles: Nothing
  readonly listClients: Paged & { readonly clients: readonly ClientView[] }
  readonly listApis: { readonly apis: readonly ApiView[] }
  readonly lintClient: ClientLint
  readonly createClient: { readonly client: ClientDetail; readonly secret?: string }
  readonly showClient: ClientDetail
  readonly replaceClient: ClientDetail
  readonly disableClient: ClientDetail
  readonly restoreClient: ClientDetail
  readonly addSecret: { readonly secret: string; readonly id: string }
  readonly removeSecret: Nothing
  readonly showRules: Versioned & z.output<typeof rulesView>
  readonly replayRules: z.output<typeof replayView>
  readonly activateRules: Nothing
  readonly rollBackRules: Nothing
  readonly watchRules: z.output<typeof outcomesView>
  readonly showRollout: RolloutTold
  readonly setRollout: RolloutTold
  readonly revertRollout: RolloutTold
  readonly listQuickstarts: { readonly quickstarts: readonly z.output<typeof quickstartView>[] }
  readonly previewTokens: z.output<typeof previewView>
  readonly beginTrial: TrialBegun
  readonly finishTrial: TrialReport
  readonly showFunnel: {
    readonly counts: readonly Omit<FunnelCount, 'clientId'>[]
    readonly decisions: readonly DecisionCount[]
  }
  readonly searchAccounts: { readonly accounts: readonly AccountView[] }
  readonly searchRecords: { readonly records: readonly NamedRecord[]; readonly complete: boolean }
  readonly showAccount: AccountView
  readonly revealAccount: AccountView
  readonly accountTimeline: EventsTold
  readonly whyLinked: Paged & { readonly links: readonly LinkView[]; readonly decisions: readonly DecisionView[] }
  readonly whyRecord: Paged & {
    readonly owner?: string
    readonly link?: LinkView
    readonly decisions: readonly DecisionView[]
  }
  readonly listUndecided: Paged & { readonly decisions: readonly DecisionView[] }
  readonly blockAccount: Nothing
  readonly unblockAccount: Nothing
  readonly endLogins: Nothing
  readonly previewLinkChange: z.output<typeof plannedView>
  readonly previewDecision: z.output<typeof plannedView>
  readonly changeLinks: ChangeView
  readonly listProposedChanges: ChangesTold
  readonly showLinkChange: z.output<typeof changeDetail>
  readonly approveLinkChange: ChangeView
  readonly withdrawLinkChange: ChangeView
  readonly listLinkChanges: ChangesTold
  readonly listReviews: Paged & { readonly reviews: readonly ReviewLine[] }
  readonly showReview: Versioned & z.output<typeof reviewDetail>
  readonly decideReview: { readonly change?: string }
  readonly searchAudit: EventsTold
  readonly exportAudit: Streamed
  readonly revealAudit: Streamed
  readonly showOverview: Overview
  readonly listAlarms: AlarmsTold
  readonly showBusiestRecord: Omit<z.output<typeof busiestView>, 'decisions'> & {
    readonly decisions: readonly DecisionView[]
  }
}
