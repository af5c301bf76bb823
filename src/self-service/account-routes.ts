import { createHmac, timingSafeEqual } from 'node:crypto'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { requireSameOrigin } from '#src/http/same-origin.ts'
import { newAccountFacts } from '#src/interaction/routes/facts.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { PageModels } from '#src/pages/view-models.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import { ACCOUNT_PATH } from './account-client.ts'
import { createAccountOverview, type OverviewDeps } from './account-overview.ts'
import type { ErasureGrace } from './erasure-grace.ts'
import { createExportAccount } from './export-account.ts'

/** The login of the browser that asks; `authenticatedAt` in epoch milliseconds. */
export type OwnLogin = { readonly accountId: AccountId; readonly sessionUid: string; readonly authenticatedAt: number }

/** Renders one of the account's pages into the response. */
export type ShowAccountPage = <Name extends 'account' | 'account-data' | 'account-erase'>(
  ctx: Context,
  page: Name,
  model: PageModels[Name],
) => void

export type AccountRouteDeps = OverviewDeps & {
  readonly issuer: string
  readonly findLogin: (ctx: Context) => Promise<OwnLogin | undefined>
  readonly endLogin: (accountId: AccountId, sessionUid: string) => Promise<boolean>
  readonly endAllLogins: (accountId: AccountId) => Promise<boolean>
  readonly withdrawConsent: (accountId: AccountId, clientId: string) => Promise<boolean>
  readonly grace: Pick<ErasureGrace, 'request' | 'withdraw'>
  readonly noteEvents: AuditPort['append']
  /** Where a login for these pages begins. */
  readonly authorizationUrl: (parameters: Readonly<Record<string, string>>) => string
  readonly show: ShowAccountPage
  /** Signs what forms carry. */
  readonly secret: string
  readonly clock: Clock
}

/** What shows or ends everything wants a login of the last minutes, not of this morning. */
const FRESH_SECONDS = 600

const DATA_PATH = `${ACCOUNT_PATH}/data`
const ERASE_PATH = `${ACCOUNT_PATH}/erase`
/** Where a login may end; anything else in `state` is of no meaning. */
const ENTRIES: readonly string[] = [ACCOUNT_PATH, DATA_PATH, ERASE_PATH]

const redirect = (ctx: Context, to: string): void => {
  ctx.status = 303
  ctx.redirect(to)
}

const field = (ctx: Context, name: string): string => {
  const value = (ctx.request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

/**
 * The routes of the self-service pages. Every page is for whoever is logged in in this browser; everybody else is sent
 * to the login first and comes back. Forms carry a token of their session.
 */
export const createAccountRoutes = (deps: AccountRouteDeps): Middleware => {
  const { clock, show } = deps
  const overview = createAccountOverview(deps)
  const exportAccount = createExportAccount(deps)
  const router = new Router({ prefix: ACCOUNT_PATH })
  const parse = bodyParser({ enableTypes: ['form'], formLimit: '4kb' })

  const csrfOf = ({ sessionUid }: OwnLogin): string =>
    createHmac('sha256', deps.secret).update(`account form ${sessionUid}`).digest('base64url')

  const toLogin = (ctx: Context, entry: string, more: Readonly<Record<string, string>> = {}): void =>
    redirect(ctx, deps.authorizationUrl({ state: entry, ...more }))

  const isFresh = ({ authenticatedAt }: OwnLogin): boolean => clock() - authenticatedAt < FRESH_SECONDS * 1000

  /** A page for whoever is logged in; `fresh` for whoever was just now. */
  const page = (path: string, fresh: boolean, work: (ctx: Context, login: OwnLogin) => Promise<void>): void => {
    router.get(path.slice(ACCOUNT_PATH.length) || '/', async ctx => {
      const login = await deps.findLogin(ctx)
      if (login === undefined) return toLogin(ctx, path)
      if (fresh && !isFresh(login)) return toLogin(ctx, path, { max_age: String(FRESH_SECONDS) })
      await work(ctx, login)
    })
  }

  /** A form of a page; who is not logged in any more is sent to the page instead. */
  const form = (
    path: string,
    from: string,
    fresh: boolean,
    work: (ctx: Context, login: OwnLogin) => Promise<string | undefined>,
  ): void => {
    router.post(path, parse as never, async ctx => {
      requireSameOrigin(ctx, deps.issuer)
      const login = await deps.findLogin(ctx)
      if (login === undefined || (fresh && !isFresh(login))) return redirect(ctx, from)
      const [given, right] = [Buffer.from(field(ctx, 'csrf')), Buffer.from(csrfOf(login))]
      if (given.length !== right.length || !timingSafeEqual(given, right)) throw new PiasError('request.forged')
      const to = await work(ctx, login)
      if (to !== undefined) redirect(ctx, to)
    })
  }

  router.get('/callback', ctx => {
    const { state } = ctx.query
    redirect(ctx, ENTRIES.find(entry => entry === state) ?? ACCOUNT_PATH)
  })

  page(ACCOUNT_PATH, false, async (ctx, login) => {
    show(ctx, 'account', { csrf: csrfOf(login), ...(await overview(login.accountId, login.sessionUid)) })
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
