import Router from '@koa/router'
import type { Middleware } from 'koa'
import { seeOther } from '#src/http/see-other.ts'
import { newAccountFacts } from '#src/interaction/routes/facts.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import { ACCOUNT_PATH } from './account-client.ts'
import { createAccountOverview, type OverviewDeps } from './account-overview.ts'
import type { ErasureGrace } from './erasure-grace.ts'
import { createExportAccount } from './export-account.ts'
import { createOwnPages, field } from './own-pages.ts'
import { addRecordsRoutes, hasOffers, RECORDS_PATH, type RecordsDeps } from './records-routes.ts'
import { addWaysRoutes, WAYS_PATH, type WaysDeps } from './ways-routes.ts'

export type AccountRouteDeps = OverviewDeps &
  WaysDeps &
  RecordsDeps & {
    readonly endLogin: (accountId: AccountId, sessionUid: string) => Promise<boolean>
    readonly endAllLogins: (accountId: AccountId) => Promise<boolean>
    readonly withdrawConsent: (accountId: AccountId, clientId: string) => Promise<boolean>
    readonly grace: Pick<ErasureGrace, 'request' | 'withdraw'>
    readonly noteEvents: AuditPort['append']
    readonly clock: Clock
  }

const DATA_PATH = `${ACCOUNT_PATH}/data`
const ERASE_PATH = `${ACCOUNT_PATH}/erase`
/** Where a login may end; anything else in `state` is of no meaning. */
const ENTRIES: readonly string[] = [ACCOUNT_PATH, RECORDS_PATH, WAYS_PATH, DATA_PATH, ERASE_PATH]

/**
 * The routes of the self-service pages. Every page is for whoever is logged in in this browser; everybody else is sent
 * to the login first and comes back. Forms carry a token of their session.
 */
export const createAccountRoutes = (deps: AccountRouteDeps): Middleware => {
  const { clock, show } = deps
  const overview = createAccountOverview(deps)
  const exportAccount = createExportAccount(deps)
  const router = new Router({ prefix: ACCOUNT_PATH })
  const { page, form, csrfOf } = createOwnPages(router, deps)

  router.get('/callback', ctx => {
    const { state } = ctx.query
    seeOther(ctx, ENTRIES.find(entry => entry === state) ?? ACCOUNT_PATH)
  })

  page(ACCOUNT_PATH, false, async (ctx, login) => {
    const [told, offers] = await Promise.all([overview(login.accountId, login.sessionUid), hasOffers(deps, login)])
    show(ctx, 'account', { csrf: csrfOf(login), ...told, ...(offers && { offers }) })
  })
  page(DATA_PATH, true, async (ctx, login) => {
    const { accountId } = login
    const [account, records, eraseAt] = await Promise.all([
      deps.accounts.find(accountId),
      deps.accounts.customersOf(accountId),
      deps.requestedErasure(accountId),
    ])
    show(ctx, 'account-data', {
      csrf: csrfOf(login),
      facts: newAccountFacts(account?.claims ?? {}),
      records: records.map(({ serviceLine, customerId, role }) => ({
        serviceLine,
        customerId,
        ...(role === undefined ? {} : { role }),
      })),
      ...(eraseAt === undefined ? {} : { eraseAt }),
    })
  })
  addRecordsRoutes({ page, form, csrfOf }, deps)
  addWaysRoutes({ page, form, csrfOf }, deps)
  page(ERASE_PATH, true, async (ctx, login) => show(ctx, 'account-erase', { csrf: csrfOf(login) }))

  form('/logins/end', ACCOUNT_PATH, false, async (ctx, { accountId }) => {
    const sessionUid = field(ctx, 'login')
    const ended = await deps.endLogin(accountId, sessionUid)
    if (ended) await deps.noteEvents([{ at: clock(), type: 'account.login-ended', accountId, data: {} }])
    return ACCOUNT_PATH
  })
  form('/logins/end-all', ACCOUNT_PATH, false, async (_ctx, { accountId }) => {
    await deps.endAllLogins(accountId)
    return ACCOUNT_PATH
  })
  form('/consents/withdraw', ACCOUNT_PATH, false, async (ctx, { accountId }) => {
    await deps.withdrawConsent(accountId, field(ctx, 'client'))
    return ACCOUNT_PATH
  })
  form('/data/export', DATA_PATH, true, async (ctx, { accountId }) => {
    const data = await exportAccount(accountId)
    if (data === undefined) return ACCOUNT_PATH
    await deps.noteEvents([{ at: clock(), type: 'account.exported', accountId, data: {} }])
    ctx.attachment('my-data.json')
    ctx.type = 'application/json'
    ctx.body = JSON.stringify(data, undefined, 2)
    return undefined
  })
  form('/erase', ERASE_PATH, true, async (_ctx, { accountId }) => {
    await deps.grace.request(accountId)
    return ACCOUNT_PATH
  })
  form('/erase/withdraw', ACCOUNT_PATH, false, async (_ctx, { accountId }) => {
    await deps.grace.withdraw(accountId)
    return ACCOUNT_PATH
  })

  return router.routes() as unknown as Middleware
}
