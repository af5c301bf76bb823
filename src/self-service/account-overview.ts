import type { AccountClaims, AccountId } from '#src/kernel/identity.ts'
import { ACTIVITIES, type Activity, type PageModels } from '#src/pages/view-models.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import { ACCOUNT_CLIENT_ID } from './account-client.ts'

/** A session with its apps, as the provider lists them; `since` in epoch milliseconds. */
export type LoginOfAccount = {
  readonly sessionUid: string
  readonly since: number
  readonly device?: string
  readonly clientIds: readonly string[]
}

/** What the pages and the export are made of. */
export type OverviewDeps = {
  readonly accounts: Pick<AccountsPort, 'find' | 'customersOf'>
  readonly consents: Pick<ConsentsPort, 'list'>
  readonly audit: Pick<AuditPort, 'list'>
  readonly listLogins: (accountId: AccountId) => Promise<readonly LoginOfAccount[]>
  readonly requestedErasure: (accountId: AccountId) => Promise<number | undefined>
  /** The name of an app, or its id where it is gone. */
  readonly appName: (clientId: string) => string
}

/** Events of one account, read in pages; more than anybody has. */
const PAGE = 500
const MOST_EVENTS = 5_000
/** What a person looks back on. */
const MOST_ACTIVITY = 30

type Event = Awaited<ReturnType<AuditPort['list']>>[number]

/** Every event of an account, oldest first. */
export const eventsOf = async ({ audit }: Pick<OverviewDeps, 'audit'>, accountId: AccountId): Promise<Event[]> => {
  const events: Event[] = []
  while (events.length < MOST_EVENTS) {
    const page = await audit.list({ after: events.at(-1)?.sequence ?? 0, limit: PAGE, accountId })
    events.push(...page)
    if (page.length < PAGE) break
  }
  return events
}

const isActivity = (type: string): type is Activity => ACTIVITIES.some(one => one === type)

/** The page's model without what belongs to the request. */
export const createAccountOverview =
  (deps: OverviewDeps) =>
  async (accountId: AccountId, sessionUid: string): Promise<Omit<PageModels['account'], 'csrf'>> => {
    const { accounts, consents, listLogins, appName } = deps
    const [account, logins, given, events, eraseAt] = await Promise.all([
      accounts.find(accountId),
      listLogins(accountId),
      consents.list(accountId),
      eventsOf(deps, accountId),
      deps.requestedErasure(accountId),
    ])
    const claims: AccountClaims = account?.claims ?? {}
    return {
      ...(claims.name === undefined ? {} : { name: claims.name }),
      ...(eraseAt === undefined ? {} : { eraseAt }),
      logins: logins.map(login => ({
        id: login.sessionUid,
        ...(login.device === undefined ? {} : { device: login.device }),
        since: login.since,
        // These pages themselves are no app to anybody.
        apps: login.clientIds.filter(id => id !== ACCOUNT_CLIENT_ID).map(appName),
        current: login.sessionUid === sessionUid,
      })),
      consents: given.map(({ clientId, since }) => ({ clientId, name: appName(clientId), since })),
      activity: events
        .filter(({ type }) => isActivity(type))
        .slice(-MOST_ACTIVITY)
        .reverse()
        .map(({ type, at, clientId }) => ({
          what: type as Activity,
          at,
          ...(clientId === undefined || clientId === ACCOUNT_CLIENT_ID ? {} : { app: appName(clientId) }),
        })),
    }
  }
