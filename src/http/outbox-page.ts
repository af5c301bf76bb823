import type { Context, Middleware } from 'koa'
import type { Pages } from '#src/pages/render.ts'

/** A message that would have been sent; structurally the outbox's. */
type Sent = {
  readonly key: string
  readonly channel: 'sms' | 'mail'
  readonly to: string
  readonly at: number
  readonly subject?: string
  readonly text: string
  readonly html?: string
}

/** A mail carries its styles with it, which our policy forbids to pages. */
const showMail = (ctx: Context, html: string): void => {
  const policy = ctx.response.get('Content-Security-Policy').replace("style-src 'self'", "style-src 'unsafe-inline'")
  ctx.set('Content-Security-Policy', policy)
  ctx.type = 'html'
  ctx.body = html
}

/** `/outbox`: what would have been sent to anybody, codes included. For development only. */
export const createOutboxPage =
  ({ pages, list }: { pages: Pick<Pages, 'renderOutbox'>; list: () => readonly Sent[] }): Middleware =>
  (ctx, next) => {
    if (ctx.path !== '/outbox' && !ctx.path.startsWith('/outbox/')) return next()
    const html = list().find(({ key }) => ctx.path === `/outbox/${key}`)?.html
    if (html !== undefined) return showMail(ctx, html)
    if (ctx.path !== '/outbox') return next()
    ctx.type = 'html'
    ctx.body = pages.renderOutbox(list().map(one => ({ ...one, at: new Date(one.at).toISOString() })))
  }
