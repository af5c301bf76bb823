import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Router from '@koa/router'
import ejs from 'ejs'
import Koa, { type Context } from 'koa'
import { toCustomerZone } from './customer-zone.ts'
import { type Failure, NOT_FOUND, toFailure, UNKNOWN_STATE, WRONG_ISSUER } from './failures.ts'
import { createRelyingParty, type RelyingPartyOptions } from './relying-party.ts'
import { createSessions } from './sessions.ts'

const VIEWS = join(import.meta.dirname, 'views')
const STYLES = readFileSync(join(import.meta.dirname, 'assets', 'myproximus.css'))

/** Comes back from logout, so that the home page can say so. */
const LOGGED_OUT = 'logged-out'

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
}

const queryText = (ctx: Context, name: string): string | undefined => {
  const value = ctx.query[name]
  return typeof value === 'string' ? value : undefined
}

const show = async (ctx: Context, template: string, data: object): Promise<void> => {
  ctx.type = 'html'
  ctx.body = await ejs.renderFile(join(VIEWS, `${template}.ejs`), data, { cache: true, rmWhitespace: true })
}

const showFailure = async (ctx: Context, failure: Failure): Promise<void> => {
  ctx.status = failure.status
  if (failure.status === 503) ctx.set('Retry-After', '3')
  await show(ctx, 'failure', { failure, person: undefined })
}

const createRoutes = (options: RelyingPartyOptions): Router => {
  const router = new Router()
  const relyingParty = createRelyingParty(options)
  const sessions = createSessions({ secure: options.baseUrl.startsWith('https:') })

  router.get('/healthz', ctx => {
    ctx.body = { status: 'ok' }
  })

  router.get('/assets/myproximus.css', ctx => {
    ctx.type = 'css'
    ctx.set('Cache-Control', 'no-cache')
    ctx.body = STYLES
  })

  router.get('/', async ctx => {
    const login = sessions.find(ctx)?.login
    if (login === undefined) {
      return show(ctx, 'home', { person: undefined, loggedOut: queryText(ctx, 'state') === LOGGED_OUT })
    }
    const zone = toCustomerZone(login)
    await show(ctx, 'zone', { person: zone.name, zone })
  })

  // Also the `initiate_login_uri`, where an `iss` may tell who sends the browser (OIDC Core 4).
  router.get('/login', async ctx => {
    const issuer = queryText(ctx, 'iss')
    if (issuer !== undefined && issuer !== options.issuer) return showFailure(ctx, WRONG_ISSUER)
    const persona = queryText(ctx, 'persona')
    const { redirectTo, pending } = await relyingParty.begin(persona)
    sessions.begin(ctx, pending)
    ctx.status = 303
    ctx.redirect(redirectTo.href)
  })

  router.get('/callback', async ctx => {
    const pending = sessions.take(ctx, queryText(ctx, 'state') ?? '')
    if (pending === undefined) return showFailure(ctx, UNKNOWN_STATE)
    sessions.logIn(ctx, await relyingParty.complete(ctx.search, pending))
    ctx.status = 303
    ctx.redirect('/')
  })

  // POST, because links are followed by prefetchers; SameSite=Lax keeps other sites from sending it.
  router.post('/logout', async ctx => {
    const login = sessions.find(ctx)?.login
    sessions.end(ctx)
    ctx.status = 303
    if (login === undefined) return ctx.redirect('/')
    ctx.redirect((await relyingParty.logoutUrl(login.tokens.idToken, LOGGED_OUT)).href)
  })

  return router
}

/**
 * MyProximus, the sample customer zone, as a Koa app: `/`, `/login`, `/callback`, `/logout`, `/healthz`. It knows its
 * provider by OpenID Connect only. `onError` hears of every failure that a person was shown as our fault.
 */
export const createMyProximus = (options: RelyingPartyOptions & { onError?: (error: unknown) => void }): Koa => {
  const app = new Koa()
  const routes = createRoutes(options)
  app.use(async (ctx, next) => {
    ctx.set(HEADERS)
    try {
      await next()
    } catch (error) {
      const failure = toFailure(error)
      if (failure.status >= 500) options.onError?.(error)
      await showFailure(ctx, failure)
    }
    if (ctx.status === 404 && ctx.body == null) await showFailure(ctx, NOT_FOUND)
  })
  app.use(routes.routes())
  return app
}
