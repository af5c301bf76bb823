import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Koa, { type Context } from 'koa'
import { createPageResponder, type PageResponder } from '#src/http/page-responder.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { createAssets } from '#src/pages/assets.ts'
import { createPages } from '#src/pages/render.ts'
import { rawRequest } from '#test/support/raw-request.ts'

/** Pages as answers, with the real templates. */
const VIEWS = join(import.meta.dirname, '..', '..', 'views')
const pages = createPages({ viewsDir: VIEWS, assets: createAssets({ dir: join(VIEWS, 'assets') }) })
const APP = { name: 'Synthetic app', appUrl: 'https://app.example/start', defaultLocale: 'fr' as const }

let apps: { name: string; href: string }[] = []

type Work = (ctx: Context, responder: PageResponder) => void

/** Answers one request by this work, as a node behind a trusted proxy. */
const answer = async (work: Work, request: Parameters<typeof rawRequest>[1] = {}, https = false) => {
  const responder = createPageResponder({
    pages,
    brandOf: clientId => (clientId === 'app' ? APP : undefined),
    startableApps: () => apps,
    defaultLocale: 'nl',
    https,
  })
  const app = new Koa({ proxy: true })
  app.use(ctx => work(ctx, responder))
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = { host: 'id.example', 'x-forwarded-proto': https ? 'https' : 'http', ...request?.headers }
  const got = await rawRequest(`http://127.0.0.1:${port}`, { ...request, headers })
  server.close()
  await once(server, 'close')
  return got
}

describe('localeOf', () => {
  const tell =
    (hints: Parameters<PageResponder['localeOf']>[1]): Work =>
    (ctx, responder) => {
      ctx.body = responder.localeOf(ctx, hints)
    }
  const all = { cookie: 'pias_lang=de', 'accept-language': 'en' }

  test.each<[string, string, Record<string, string>, Parameters<PageResponder['localeOf']>[1], string]>([
    ['the switch', '/?lang=nl', all, { uiLocales: 'fr', clientId: 'app' }, 'nl'],
    ['the app for this person', '/', all, { uiLocales: 'fr', clientId: 'app' }, 'fr'],
    ['the earlier choice', '/', all, { clientId: 'app' }, 'de'],
    ['the browser', '/', { 'accept-language': 'en' }, { clientId: 'app' }, 'en'],
    ['the app', '/', {}, { clientId: 'app' }, 'fr'],
    ['the configuration', '/', {}, {}, 'nl'],
    ['the configuration, for an unknown app', '/', {}, { clientId: 'unknown' }, 'nl'],
    ['the next in line, after a switch sent twice', '/?lang=fr&lang=de', {}, {}, 'nl'],
  ])('listens to %s', async (_name, path, headers, hints, locale) => {
    expect((await answer(tell(hints), { path, headers })).body).toBe(locale)
  })
})

describe('a language chosen on a page', () => {
  const remember: Work = (ctx, responder) => responder.show(ctx, 'wait', { checkUrl: '/' })
  const path = '/?lang=fr'

  test('sets a cookie for a year that scripts cannot read; with https for this very host only', async () => {
    const plain = String((await answer(remember, { path })).headers['set-cookie'])
    expect(plain).toMatch(/^pias_lang=fr; path=\/; expires=[^;]+; samesite=lax; httponly$/)
    const secure = String((await answer(remember, { path }, true)).headers['set-cookie'])
    expect(secure).toMatch(/^__Host-pias_lang=fr; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/)
  })

  test('is read again under the name it was set by, and under no other', async () => {
    const tell: Work = (ctx, responder) => {
      ctx.body = responder.localeOf(ctx)
    }
    const cookies = { cookie: '__Host-pias_lang=fr; pias_lang=de' }
    expect((await answer(tell, { headers: cookies })).body).toBe('de')
    expect((await answer(tell, { headers: cookies }, true)).body).toBe('fr')
  })
})

describe('what a form may do', () => {
  const policy: Work = ctx => ctx.set('Content-Security-Policy', "default-src 'none'")
  const show =
    (work: Work): Work =>
    (ctx, responder) => {
      policy(ctx, responder)
      work(ctx, responder)
    }

  test.each<[string, Work, string]>([
    ['nothing, without one', (ctx, { show }) => show(ctx, 'wait', { checkUrl: '/' }), "; form-action 'none'"],
    [
      'only reach PIAS',
      (ctx, { show }) => show(ctx, 'device-code', { action: '/device', xsrf: 'x' }),
      "; form-action 'self'",
    ],
    ['end at an app', (ctx, { show }) => show(ctx, 'logout', { action: '/out', xsrf: 'x' }), ''],
  ])('is: %s', async (_name, work, added) => {
    expect((await answer(show(work))).headers['content-security-policy']).toBe(`default-src 'none'${added}`)
  })
})

describe('showError', () => {
  const show =
    (error: PiasError, clientId?: string): Work =>
    (ctx, responder) => {
      ctx.state.reference = 'ref'
      responder.showError(ctx, error, clientId)
    }

  test('offers another try for what may pass, to the same address, unless it was a form', async () => {
    const away = new PiasError('store.unavailable', 'disk full')
    const page = await answer(show(away), { path: '/interaction/x?lang=fr' })
    expect(page.body).toContain('href="/interaction/x?lang=fr"')
    expect(page.body).not.toContain('disk full')
    const form = await answer(show(away), { path: '/interaction/x', method: 'POST' })
    expect(form.body).not.toContain('href="/interaction/x"')
  })

  test('leads somebody who came without an app to where a login begins', async () => {
    const lost = show(new PiasError('page.not_found'))
    expect((await answer(lost)).body).not.toContain(APP.appUrl)
    apps = [{ name: APP.name, href: APP.appUrl }]
    expect((await answer(lost)).body).toContain(`href="${APP.appUrl}"`)
    apps = []
  })

  test('tells developers what was wrong with their request, as text', async () => {
    const page = await answer(show(new PiasError('oidc.request', 'invalid <scope>')))
    expect(page.body).toContain('invalid &lt;scope&gt;')
  })

  test.each(['interaction.elsewhere', 'interaction.expired', 'interaction.finished', 'oidc.session'] as const)(
    'has a page for %s with the way back to the app that is known, and no switcher',
    async code => {
      expect((await answer(show(new PiasError(code), 'app'))).body).toContain(APP.appUrl)
      const unknown = await answer(show(new PiasError(code), 'unknown'))
      expect(unknown.body).not.toContain(APP.appUrl)
      expect(unknown.body).not.toContain('hreflang=')
    },
  )
})
