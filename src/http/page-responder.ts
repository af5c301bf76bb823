import type { Context } from 'koa'
import type { ErrorCode, PiasError } from '#src/kernel/errors.ts'
import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import { FORMS } from '#src/pages/forms.ts'
import { chooseLocale } from '#src/pages/locale.ts'
import type { Pages } from '#src/pages/render.ts'
import type { PageClient, PageModels, PageName, PageUpstream } from '#src/pages/view-models.ts'

/** What a page needs to know of the app it is shown for. */
export type ClientBrand = PageClient & { readonly appUrl?: string; readonly defaultLocale?: Locale }

/** How one page is shown. `switchable`: the same address in another language shows the same page. */
type ShowOptions = {
  readonly clientId?: string
  readonly upstream?: PageUpstream | undefined
  readonly locale?: Locale
  readonly switchable?: boolean
}

/** Pages as responses: language, app, reference and status found from the request. */
export type PageResponder = {
  localeOf(ctx: Context, hints?: { uiLocales?: string; clientId?: string }): Locale
  /** Shows a page; a language chosen on it by its switcher is kept for later. */
  show<Name extends PageName>(ctx: Context, page: Name, model: PageModels[Name], options?: ShowOptions): void
  showError(ctx: Context, error: PiasError, clientId?: string): void
}

/** With https bound to this very host, so that no sibling can set it (RFC 6265bis, 4.1.3.2). */
const languageCookie = (https: boolean): string => (https ? '__Host-pias_lang' : 'pias_lang')
const YEAR_MS = 365 * 24 * 3600 * 1000

/** Errors that have a page of their own. */
const ERROR_PAGES: Partial<Record<ErrorCode, 'elsewhere' | 'expired' | 'finished' | 'cookies-blocked'>> = {
  'interaction.elsewhere': 'elsewhere',
  'interaction.cookies_blocked': 'cookies-blocked',
  'interaction.expired': 'expired',
  'interaction.finished': 'finished',
  'oidc.session': 'expired',
}

const languageLinks = (ctx: Context): Record<Locale, string> => {
  const link = (locale: Locale): string => {
    const query = new URLSearchParams(ctx.querystring)
    query.set('lang', locale)
    return `${ctx.path}?${query}`
  }
  return Object.fromEntries(LOCALES.map(locale => [locale, link(locale)])) as Record<Locale, string>
}

/**
 * Narrows the policy by what the page's form may do: nothing where there is none. One that may end at an app or an
 * upstream gets no `form-action`, because browsers hold every redirect after the POST against it (ADR 0030).
 */
const limitForms = (ctx: Context, page: PageName): void => {
  const target = FORMS[page]
  if (target === 'leaves') return
  const policy = ctx.response.get('Content-Security-Policy')
  ctx.set('Content-Security-Policy', `${policy}; form-action ${target === 'stays' ? "'self'" : "'none'"}`)
}

/** Another try is a link, so only what was asked by GET has one; the detail of our own failures is for the log. */
const errorModel = (ctx: Context, { code, detail, retryable, retryAt, status }: PiasError): PageModels['error'] => ({
  code,
  ...(status < 500 && detail !== undefined ? { detail } : {}),
  ...(retryAt !== undefined ? { retryAt } : {}),
  ...(retryable && ctx.method === 'GET' ? { retryUrl: ctx.originalUrl } : {}),
})

/**
 * @param deps.brandOf what is known of a client; undefined for unknown ones
 * @param deps.startableApps where a login can begin
 */
export const createPageResponder = (deps: {
  pages: Pages
  brandOf: (clientId: string) => ClientBrand | undefined
  startableApps: () => PageModels['no-login']['apps']
  defaultLocale: Locale
  https: boolean
}): PageResponder => {
  const { pages, brandOf, https } = deps

  const localeOf: PageResponder['localeOf'] = (ctx, hints = {}) => {
    const brand = hints.clientId === undefined ? undefined : brandOf(hints.clientId)
    return chooseLocale({
      chosen: typeof ctx.query.lang === 'string' ? ctx.query.lang : undefined,
      // Every request to the provider may bring it, not only those that begin a login (RP-Initiated Logout 1.0, 2).
      uiLocales: hints.uiLocales ?? (typeof ctx.query.ui_locales === 'string' ? ctx.query.ui_locales : undefined),
      cookie: ctx.cookies.get(languageCookie(https), { signed: false }),
      acceptLanguage: ctx.get('Accept-Language'),
      clientDefault: brand?.defaultLocale ?? deps.defaultLocale,
    })
  }

  const rememberLocale = (ctx: Context, locale: Locale): void => {
    const cookie = { httpOnly: true, sameSite: 'lax', secure: https, signed: false, maxAge: YEAR_MS } as const
    ctx.cookies.set(languageCookie(https), locale, cookie)
  }

  const show: PageResponder['show'] = (ctx, page, model, options = {}) => {
    const { clientId, switchable = true } = options
    const chosen = LOCALES.find(locale => locale === ctx.query.lang)
    if (switchable && chosen !== undefined) rememberLocale(ctx, chosen)
    limitForms(ctx, page)
    ctx.state.ownPage = true
    ctx.type = 'html'
    ctx.body = pages.render(page, {
      locale: options.locale ?? localeOf(ctx, clientId === undefined ? {} : { clientId }),
      model,
      client: clientId === undefined ? undefined : brandOf(clientId),
      upstream: options.upstream,
      languageLinks: switchable ? languageLinks(ctx) : undefined,
      reference: ctx.state.reference,
    })
  }

  return {
    localeOf,
    show,
    showError: (ctx, error, clientId) => {
      const appUrl = clientId === undefined ? undefined : brandOf(clientId)?.appUrl
      const app = appUrl === undefined ? {} : { appUrl }
      const options = { switchable: false, ...(clientId === undefined ? {} : { clientId }) }
      const page = ERROR_PAGES[error.code]
      if (page !== undefined) return show(ctx, page, app, options)
      const apps = error.code === 'page.not_found' ? deps.startableApps() : []
      if (apps.length > 0) return show(ctx, 'no-login', { apps }, options)
      show(ctx, 'error', { ...errorModel(ctx, error), ...app }, options)
    },
  }
}
