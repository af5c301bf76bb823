import type { Context } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'

/**
 * Refuses a form that another site sent (OWASP CSRF: verify the origin with standard headers). Under our
 * `Referrer-Policy: no-referrer` browsers send `Origin: null` even with our own forms (Fetch, 3.1), so `null` says
 * nothing and `Sec-Fetch-Site` decides; the attempt's form token is the second wall.
 * @throws PiasError `request.forged`
 */
export const requireSameOrigin = (ctx: Context, issuer: string): void => {
  const origin = ctx.get('Origin')
  const site = ctx.get('Sec-Fetch-Site')
  const foreign = !['', 'null', issuer].includes(origin) || !['', 'same-origin', 'none'].includes(site)
  if (foreign) throw new PiasError('request.forged', 'the form came from another origin')
}
