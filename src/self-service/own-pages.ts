import { createHmac, timingSafeEqual } from 'node:crypto'
import { bodyParser } from '@koa/bodyparser'
import type Router from '@koa/router'
import type { Context } from 'koa'
import { formValues } from '#src/http/form-values.ts'
import { requireSameOrigin } from '#src/http/same-origin.ts'
import { seeOther } from '#src/http/see-other.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { PageModels } from '#src/pages/view-models.ts'
import { ACCOUNT_PATH } from './account-client.ts'

/**
 * The login of the browser that asks; when the person was seen, and since when PIAS has let them in, in epoch milliseconds.
 * `vouchedFor`: an upstream said who it is, no password or passkey of ours.
 */
export type OwnLogin = {
  readonly accountId: AccountId
  readonly sessionUid: string
  readonly authenticatedAt: number
  readonly loggedInAt: number
  readonly vouchedFor: boolean
}

type AccountPage =
  | 'account'
  | 'account-records'
  | 'linked-elsewhere'
  | 'account-ways'
  | 'account-data'
  | 'account-erase'

/** Renders one of the account's pages into the response. */
export type ShowAccountPage = <Name extends AccountPage>(ctx: Context, page: Name, model: PageModels[Name]) => void

/** What a page for whoever is logged in needs. */
export type OwnPageDeps = {
  readonly issuer: string
  readonly findLogin: (ctx: Context) => Promise<OwnLogin | undefined>
  /** Where a login for these pages begins. */
  readonly authorizationUrl: (parameters: Readonly<Record<string, string>>) => string
  readonly show: ShowAccountPage
  /** Signs what forms carry. */
  readonly secret: string
  readonly clock: Clock
}

/** Registers pages and forms; `fresh` ones want a login of the last minutes, not of this morning. */
export type OwnPages = {
  /** A page for whoever is logged in; everybody else is sent to the login first and comes back. */
  page(path: string, fresh: boolean, work: (ctx: Context, login: OwnLogin) => Promise<void>): void
  /**
   * A form of the page `from`: `work` says where the browser goes, or answers itself. Who is not logged in any more is sent to
   * the page instead.
   */
  form(
    path: string,
    from: string,
    fresh: boolean,
    work: (ctx: Context, login: OwnLogin) => Promise<string | undefined>,
  ): void
  /** What a form carries, bound to the session. */
  csrfOf(login: OwnLogin): string
}

const FRESH_SECONDS = 600

/** A field of a form that was sent once; empty for anything else. */
export const field = (ctx: Context, name: string): string => {
  const value = (ctx.request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

/** A field of a form that may be sent several times, such as a list of boxes. */
export const fields = (ctx: Context, name: string): readonly string[] =>
  formValues((ctx.request.body as Record<string, unknown> | undefined)?.[name])

/** @throws PiasError `request.forged` from a form that is not a page's of this session */
export const createOwnPages = (router: Router, deps: OwnPageDeps): OwnPages => {
  const { clock } = deps
  const parse = bodyParser({ enableTypes: ['form'], formLimit: '8kb' })

  const csrfOf = ({ sessionUid }: OwnLogin): string =>
    createHmac('sha256', deps.secret).update(`account form ${sessionUid}`).digest('base64url')

  const toLogin = (ctx: Context, entry: string, more: Readonly<Record<string, string>> = {}): void =>
    seeOther(ctx, deps.authorizationUrl({ state: entry, ...more }))

  const isFresh = ({ authenticatedAt }: OwnLogin): boolean => clock() - authenticatedAt < FRESH_SECONDS * 1000

  return {
    csrfOf,

    page: (path, fresh, work) => {
      router.get(path.slice(ACCOUNT_PATH.length) || '/', async ctx => {
        const login = await deps.findLogin(ctx)
        if (login === undefined) return toLogin(ctx, path)
        if (fresh && !isFresh(login)) return toLogin(ctx, path, { max_age: String(FRESH_SECONDS) })
        await work(ctx, login)
      })
    },

    form: (path, from, fresh, work) => {
      router.post(path, parse as never, async ctx => {
        requireSameOrigin(ctx, deps.issuer)
        const login = await deps.findLogin(ctx)
        if (login === undefined || (fresh && !isFresh(login))) return seeOther(ctx, from)
        const [given, right] = [Buffer.from(field(ctx, 'csrf')), Buffer.from(csrfOf(login))]
        if (given.length !== right.length || !timingSafeEqual(given, right)) throw new PiasError('request.forged')
        const to = await work(ctx, login)
        if (to !== undefined) seeOther(ctx, to)
      })
    },
  }
}
