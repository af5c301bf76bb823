import type { Context, Middleware } from 'koa'
import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import type { Notifications } from '#src/pages/notifications/create-notifications.ts'
import type { Pages } from '#src/pages/render.ts'
import { NOTIFICATION_STATES, type NotificationState } from '#src/pages/style/notification-states.ts'
import type { PageState } from '#src/pages/style/page-state.ts'
import { PAGE_STATES } from '#src/pages/style/page-states.ts'
import { styleIndex } from '#src/pages/style/style-index.ts'

/** The page itself holds the pages in frames, and they let it; everything else stays as on real pages. */
const allowFrames = (ctx: Context): void => {
  const policy = ctx.response.get('Content-Security-Policy').replace("frame-ancestors 'none'", "frame-ancestors 'self'")
  ctx.set('Content-Security-Policy', `${policy}; frame-src 'self'`)
  ctx.set('X-Frame-Options', 'SAMEORIGIN')
}

const languageLinks = (path: string): Record<Locale, string> =>
  Object.fromEntries(LOCALES.map(locale => [locale, `${path}?lang=${locale}`])) as Record<Locale, string>

type StyleDeps = { pages: Pages; notifications: Notifications }

const localeOf = (ctx: Context): Locale => LOCALES.find(each => each === ctx.query.lang) ?? LOCALES[0]

const showIndex = (ctx: Context, { pages, notifications }: StyleDeps): void => {
  const { page, width } = ctx.query
  const index = styleIndex({
    pages: PAGE_STATES,
    notifications: NOTIFICATION_STATES,
    sms: notifications.sms,
    width: width === 'desktop' ? 'desktop' : 'phone',
    only: typeof page === 'string' ? page : undefined,
  })
  ctx.body = pages.renderStyle(index)
}

const showState = (ctx: Context, { pages }: StyleDeps, { page, input }: PageState): void => {
  ctx.body = pages.render(page, { ...input, locale: localeOf(ctx), languageLinks: languageLinks(ctx.path) })
}

/** A mail carries its styles with it, which our policy forbids to pages. */
const showMail = (ctx: Context, { notifications }: StyleDeps, { name, input }: NotificationState): void => {
  const policy = ctx.response.get('Content-Security-Policy').replace("style-src 'self'", "style-src 'unsafe-inline'")
  ctx.set('Content-Security-Policy', policy)
  ctx.body = notifications.mail(name, { ...input, locale: localeOf(ctx) }).html
}

/** What an address of the style page shows; undefined for any other address. */
const findShow = (path: string): ((ctx: Context, deps: StyleDeps) => void) | undefined => {
  if (path === '/style') return showIndex
  const page = PAGE_STATES.find(each => path === `/style/${each.page}/${each.state}`)
  if (page !== undefined) return (ctx, deps) => showState(ctx, deps, page)
  const mail = NOTIFICATION_STATES.find(each => path === `/style/mail/${each.name}/${each.state}`)
  return mail && ((ctx, deps) => showMail(ctx, deps, mail))
}

/**
 * The style page: `/style`, each state of each page at `/style/<page>/<state>?lang=<language>`, each mail at
 * `/style/mail/<name>/<state>`. For development only: it shows made-up people, and its forms lead nowhere.
 */
export const createStylePages =
  (deps: StyleDeps): Middleware =>
  (ctx, next) => {
    const show = findShow(ctx.path)
    if (show === undefined) return next()
    // Where the form goes that sends itself: the browser stays on its page.
    if (ctx.method === 'POST') {
      ctx.status = 204
      return
    }
    allowFrames(ctx)
    ctx.type = 'html'
    show(ctx, deps)
  }
