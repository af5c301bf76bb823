import type { Context, Middleware } from 'koa'
import { seeOther } from '#src/http/see-other.ts'
import { PiasError } from '#src/kernel/errors.ts'

/** In the address while it is found out whether the browser keeps cookies. */
const MARK = 'cookies'
const PROBE = 'pias_probe'
const PROBE_MS = 60_000

/** Only a window that shows pages: a preview or a script gets its answer at once (Fetch Metadata, `Sec-Fetch-Mode`). */
const isNavigation = (ctx: Context): boolean => ctx.method === 'GET' && ctx.get('Sec-Fetch-Mode') === 'navigate'

const marked = (ctx: Context): string => {
  const query = new URLSearchParams(ctx.querystring)
  query.set(MARK, 'asked')
  return `${ctx.path}?${query}`
}

/**
 * Tells a browser that keeps no cookies from one that is not the one that began. Asked only where the login's own cookie
 * is missing and no other came either: a cookie is set and the same address asked for again. Whoever has cookies is
 * never sent round.
 */
export const explainMissingCookie =
  ({ https }: { https: boolean }): Middleware =>
  async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof PiasError) || error.code !== 'interaction.elsewhere') throw error
      if (ctx.get('Cookie') !== '' || !isNavigation(ctx)) throw error
      if (ctx.query[MARK] !== undefined) throw new PiasError('interaction.cookies_blocked')
      const probe = { httpOnly: true, sameSite: 'lax', secure: https, signed: false, maxAge: PROBE_MS } as const
      ctx.cookies.set(PROBE, '1', probe)
      seeOther(ctx, marked(ctx))
    }
  }
