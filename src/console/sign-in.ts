import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import { z } from 'zod'
import { ADMIN_CLIENT, ADMIN_SCOPE } from '#src/admin/admin-client.ts'
import { seeOther } from '#src/http/see-other.ts'
import type { Logger } from '#src/kernel/runtime.ts'

/** What a login begins with, and what it must come back to; kept in a cookie of the browser that began. */
const begunSchema = z.strictObject({ state: z.string(), verifier: z.string(), to: z.string() })

/** What came of a login: an access token of PIAS's own and where to go on, or why not (OAuth's code). */
export type SignedIn = { readonly token: string; readonly to: string } | { readonly error: string }

const TEN_MINUTES_MS = 600_000
/** An answer of PIAS itself is a matter of milliseconds. */
const REDEEM_MS = 5000
/** A login at PIAS that is older does not open the console, in seconds. */
const MAX_AGE = '900'

const cookieName = (https: boolean): string => (https ? '__Host-pias_console_login' : 'pias_console_login')

/** A page of the console, and nothing of another host. */
export const ownPath = (to: unknown): string =>
  typeof to === 'string' && /^\/(?![/\\])[\w/?=&.%~:+-]*$/.test(to) ? to : '/'

const isSame = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Where PIAS and the console are; `redeem` sends a form to PIAS's token endpoint, by default over HTTP. */
export type SignInDeps = {
  readonly issuer: string
  readonly origin: string
  readonly https: boolean
  readonly logger: Logger
  readonly redeem?: (form: URLSearchParams, signal: AbortSignal) => Promise<Response>
}

/**
 * The console as an app of PIAS (OIDC Core 3.1, PKCE, RFC 9207): what it gets is an access token for the admin API, which
 * is read as the API reads it, and kept nowhere.
 */
export const createSignIn = (deps: SignInDeps) => {
  const { issuer, origin, https, logger } = deps
  const name = cookieName(https)
  const cookie = { secure: https, httpOnly: true, sameSite: 'lax', signed: false, overwrite: true } as const
  const redirectUri = `${origin}/callback`
  const redeem =
    deps.redeem ?? ((body, signal) => fetch(`${issuer}/token`, { method: 'POST', body, redirect: 'error', signal }))

  const readBegun = (ctx: Context) => {
    const text = ctx.cookies.get(name, { signed: false })
    if (text === undefined) return undefined
    try {
      return begunSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    } catch {
      return undefined
    }
  }

  const tokenOf = async (code: string, verifier: string): Promise<string | undefined> => {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
    try {
      const answer = await redeem(
        new URLSearchParams({ ...form, client_id: ADMIN_CLIENT, resource: origin }),
        AbortSignal.timeout(REDEEM_MS),
      )
      const { access_token: token } = (await answer.json()) as { access_token?: unknown }
      return typeof token === 'string' ? token : undefined
    } catch (cause) {
      logger.error({ event: 'console_redeem_failed', cause: String(cause) }, "PIAS's token endpoint does not answer")
      return undefined
    }
  }

  return {
    /** Sends the browser to PIAS. `fresh`: whoever is logged in there must log in again. */
    begin: (ctx: Context, { to, fresh }: { to: string; fresh: boolean }): void => {
      const [state, verifier] = [randomBytes(24).toString('base64url'), randomBytes(32).toString('base64url')]
      const begun = Buffer.from(JSON.stringify({ state, verifier, to })).toString('base64url')
      ctx.cookies.set(name, begun, { ...cookie, maxAge: TEN_MINUTES_MS })
      const query = new URLSearchParams({
        client_id: ADMIN_CLIENT,
        redirect_uri: redirectUri,
        response_type: 'code',
        resource: origin,
        scope: `openid ${ADMIN_SCOPE}`,
        state,
        code_challenge_method: 'S256',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        ...(fresh ? { prompt: 'login' } : { max_age: MAX_AGE }),
      })
      seeOther(ctx, `${issuer}/auth?${query}`)
    },

    /** Takes what PIAS sent the browser back with: in the browser that began, once. */
    complete: async (ctx: Context): Promise<SignedIn> => {
      const begun = readBegun(ctx)
      ctx.cookies.set(name, null, cookie)
      const { state, code, error, iss } = ctx.query
      if (begun === undefined || typeof state !== 'string' || !isSame(state, begun.state) || iss !== issuer) {
        return { error: 'not_begun_here' }
      }
      if (typeof code !== 'string') return { error: typeof error === 'string' ? error : 'server_error' }
      const token = await tokenOf(code, begun.verifier)
      return token === undefined ? { error: 'server_error' } : { token, to: ownPath(begun.to) }
    },
  }
}

/** The console's logins. */
export type SignIn = ReturnType<typeof createSignIn>
