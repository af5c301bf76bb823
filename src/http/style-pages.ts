import type { Context, Middleware } from 'koa'
import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import type { Pages } from '#src/pages/render.ts'
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

/**
 * The style page: `/style`, and each state of each page at `/style/<page>/<state>?lang=<language>`. For development
 * only: it shows made-up people, and its forms lead nowhere.
 */
export const createStylePages =
  (pages: Pages): Middleware =>
  async (ctx, next) => {
    const { path, query } = ctx
    const found = PAGE_STATES.find(({ page, state }) => path === `/style/${page}/${state}`)
    if (ctx.method !== 'GET' || (found === undefined && path !== '/style')) return next()
    allowFrames(ctx)
    ctx.type = 'html'
    if (found === undefined) {
      const only = typeof query.page === 'string' ? query.page : undefined
      ctx.body = pages.renderStyle(styleIndex(PAGE_STATES, query.width === 'desktop' ? 'desktop' : 'phone', only))
      return
    }
    const locale = LOCALES.find(each => each === query.lang) ?? LOCALES[0]
    ctx.body = pages.render(found.page, { ...found.input, locale, languageLinks: languageLinks(path) })
  }
