import type { Middleware } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'

/**
 * Answers only at the issuer's own origin (RFC 9110, 7.4: 421 otherwise), and drops `X-Forwarded-Host`: oidc-provider
 * builds its URLs and checks DPoP's `htu` from the request, so a foreign host would become part of them. So would the
 * host of a target in absolute form, which only proxies are sent (RFC 9112, 3.2.2) and which outweighs the header, and
 * plain http where a proxy forgets `X-Forwarded-Proto`. `:443` is the same origin (RFC 9110, 4.2.3): itsme writes it out
 * where it fetches from us, and it goes no further than here.
 */
export const hostCheck = (issuer: string): Middleware => {
  const { host, protocol } = new URL(issuer)
  return async (ctx, next) => {
    delete ctx.req.headers['x-forwarded-host']
    if (protocol === 'https:' && ctx.req.headers.host === `${host}:443`) ctx.req.headers.host = host
    if (ctx.req.headers.host !== host || !ctx.originalUrl.startsWith('/')) {
      throw new PiasError('request.host_unknown', `this server is ${issuer}`)
    }
    if (`${ctx.protocol}:` !== protocol) {
      throw new PiasError('request.host_unknown', `came by ${ctx.protocol}, but this server is ${issuer}`)
    }
    await next()
  }
}
