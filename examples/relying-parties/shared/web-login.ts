import type { Context } from 'koa'
import type { CodeFlow } from './code-flow.ts'
import { UNKNOWN_STATE, WRONG_ISSUER } from './failures.ts'
import type { LoggedIn } from './logged-in.ts'
import type { SampleOptions } from './sample.ts'
import { createSessions } from './sessions.ts'
import { queryText, redirect, type WebShell } from './web-shell.ts'

/** Comes back from logout, so that the home page can say so. */
const LOGGED_OUT = 'logged-out'

/**
 * The logins of a web app: `/login`, `/callback`, `/logout`, and `/`, which shows `home` or `signedIn`.
 * @param options.cookie name of the session's cookie
 */
export const addWebLogin = (
  { router, showFailure }: WebShell,
  options: Pick<SampleOptions, 'issuer' | 'baseUrl'> & {
    readonly flow: CodeFlow
    readonly cookie: string
    /** Parameters of every request beside the usual. */
    readonly parameters?: Readonly<Record<string, string>>
    /** What else a login needs before the app opens. */
    readonly complete?: (login: LoggedIn) => Promise<LoggedIn>
    readonly home: (ctx: Context, data: { loggedOut: boolean }) => Promise<void>
    readonly signedIn: (ctx: Context, login: LoggedIn) => Promise<void>
  },
): void => {
  const { flow, baseUrl } = options
  const sessions = createSessions({ name: options.cookie, secure: baseUrl.startsWith('https:') })

  router.get('/', ctx => {
    const login = sessions.find(ctx)?.login
    if (login !== undefined) return options.signedIn(ctx, login)
    return options.home(ctx, { loggedOut: queryText(ctx, 'state') === LOGGED_OUT })
  })

  // Also the `initiate_login_uri`, where an `iss` may tell who sends the browser (OIDC Core 4).
  router.get('/login', async ctx => {
    const issuer = queryText(ctx, 'iss')
    if (issuer !== undefined && issuer !== options.issuer) return showFailure(ctx, WRONG_ISSUER)
    const { redirectTo, pending } = await flow.begin(new URL('/callback', baseUrl).href, options.parameters)
    sessions.begin(ctx, pending)
    redirect(ctx, redirectTo.href)
  })

  router.get('/callback', async ctx => {
    const pending = sessions.take(ctx, queryText(ctx, 'state') ?? '')
    if (pending === undefined) return showFailure(ctx, UNKNOWN_STATE)
    const login = await flow.complete(ctx.search, pending)
    sessions.logIn(ctx, (await options.complete?.(login)) ?? login)
    redirect(ctx, '/')
  })

  // POST, because links are followed by prefetchers; SameSite=Lax keeps other sites from sending it.
  router.post('/logout', async ctx => {
    const login = sessions.find(ctx)?.login
    sessions.end(ctx)
    if (login === undefined) return redirect(ctx, '/')
    redirect(ctx, (await flow.logoutUrl(login.tokens.idToken, new URL('/', baseUrl).href, LOGGED_OUT)).href)
  })
}
