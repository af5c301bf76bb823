import { bodyParser } from '@koa/bodyparser'
import type { Middleware } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'

/** Where OpenID Connect wants POST beside GET (Core 3.1.2.1; RP-Initiated Logout 1.0, 2). */
const PATHS = new Set(['/auth', '/session/end'])

/** Bytes that fit into an address with room for everything else; who has more to say pushes it (RFC 9126). */
const MAX_BODY = '8kb'

const FORM = 'application/x-www-form-urlencoded'

/** As it was sent: what is wrong in it is for the endpoint to say. */
const readForm = bodyParser({ enableTypes: ['text'], extendTypes: { text: [FORM] }, textLimit: MAX_BODY })

/**
 * Answers a request that came by POST with a redirect to the same one by GET, parameter by parameter as it was sent. A
 * POST from another site brings no cookies (`SameSite=Lax`), the GET after it does, so that the person's session counts
 * (ADR 0040).
 * @throws PiasError `request.invalid` for anything but a form; `request.too_large`
 */
export const postAsGet: Middleware = async (ctx, next) => {
  if (ctx.method !== 'POST' || !PATHS.has(ctx.path)) return next()
  if (ctx.is(FORM) === false) throw new PiasError('request.invalid', 'must be a form')
  await readForm(ctx, async () => {})
  const parameters = new URLSearchParams(typeof ctx.request.body === 'string' ? ctx.request.body : '')
  ctx.status = 303
  ctx.redirect(`${ctx.path}?${parameters}`)
}
