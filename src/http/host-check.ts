import type { Middleware } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'

/**
 * Answers only to the issuer's own host (RFC 9110, 7.4: 421 otherwise), and drops `X-Forwarded-Host`: oidc-provider
 * builds its URLs and checks DPoP's `htu` from the request, so a foreign host would become part of them.
 */
export const hostCheck = (issuer: string): Middleware => {
  const { host } = new URL(issuer)
  return async (ctx, next) => {
    delete ctx.req.headers['x-forwarded-host']
    if (ctx.req.headers.host !== host) throw new PiasError('request.host_unknown', `this server is ${issuer}`)
    await next()
  }
}
