import type { Context } from 'koa'

/** Answers a request with where to go on, by GET whatever the request was (RFC 9110, 15.4.4). */
export const seeOther = (ctx: Context, to: string): void => {
  ctx.status = 303
  ctx.redirect(to)
}
