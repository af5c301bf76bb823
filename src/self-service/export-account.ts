import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { asJson, isDecisionEvent, linkedOnly } from '#src/linking/decision-record.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import { eventsOf, type OverviewDeps } from './account-overview.ts'
import type { WaysDeps } from './ways-routes.ts'

const time = (moment: number): string => new Date(moment).toISOString()

/** What an event tells its person: of a decision not the records of strangers that were compared. */
const dataOf = (event: AuditEvent): Json =>
  isDecisionEvent(event) ? { ...(event.data as object), decision: asJson(linkedOnly(event.data.decision)) } : event.data

/**
 * All that PIAS holds of a person, as JSON (GDPR, art. 15 and 20): the account with its claims, the customer records
 * linked to it and why, the ways into it, logins, consents, and every event about it.
 * @returns undefined when there is no such account
 */
export const createExportAccount =
  (deps: OverviewDeps & { passkeys: Pick<WaysDeps['passkeys'], 'list'> } & Pick<WaysDeps, 'upstreamsOf'>) =>
  async (accountId: AccountId): Promise<{ readonly [name: string]: Json } | undefined> => {
    const [account, records, logins, given, events, eraseAt, upstreams, passkeys] = await Promise.all([
      deps.accounts.find(accountId),
      deps.accounts.customersOf(accountId),
      deps.listLogins(accountId),
      deps.consents.list(accountId),
      eventsOf(deps, accountId),
      deps.requestedErasure(accountId),
      deps.upstreamsOf(accountId),
      deps.passkeys.list(accountId),
    ])
    if (account === undefined) return undefined
    return {
      account: {
        id: account.id,
        createdAt: time(account.createdAt),
        updatedAt: time(account.updatedAt),
        claims: account.claims as Json,
        ...(eraseAt === undefined ? {} : { eraseAt: time(eraseAt) }),
      },
      customerRecords: records.map(({ linkedAt, ...record }) => ({ ...record, linkedAt: time(linkedAt) }) as Json),
      ways: {
        upstreams: [...upstreams],
        passkeys: passkeys.map(({ device = null, createdAt, usedAt }) => ({
          device,
          createdAt: time(createdAt),
          usedAt: usedAt === undefined ? null : time(usedAt),
        })),
      },
      logins: logins.map(({ since, device = null, clientIds }) => ({
        since: time(since),
        device,
        apps: clientIds.map(deps.appName),
      })),
      consents: given.map(({ clientId, scopes, since }) => ({
        app: deps.appName(clientId),
        scopes: [...scopes],
        since: time(since),
      })),
      events: events.map(event => ({
        at: time(event.at),
        type: event.type,
        ...(event.clientId === undefined ? {} : { app: deps.appName(event.clientId) }),
        data: dataOf(event),
      })),
    }
  }
