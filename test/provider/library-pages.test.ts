import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Koa, { type Context, type Middleware } from 'koa'
import { errorBoundary } from '#src/http/error-boundary.ts'
import { createPageResponder } from '#src/http/page-responder.ts'
import { securityHeaders } from '#src/http/security-headers.ts'
import { createLibraryPages, readPassingForm } from '#src/provider/middleware/library-pages.ts'
import { attributes, startPages, tags } from '#test/pages/support.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { ROOT } from '#test/support/processes.ts'
import { rawRequest } from '#test/support/raw-request.ts'

/**
 * oidc-provider's own markup, as it is installed here. When one of these fails after an upgrade, look at what changed and
 * at the page of ours that stands for it (ADR 0031).
 */
const LIB = join(ROOT, 'node_modules', 'oidc-provider', 'lib')
type FormPost = (ctx: Context, action: string, inputs: Record<string, unknown>) => void
type CodeForms = {
  input(action: string, xsrf: string, code: string | undefined, charset: string): string
  confirm(action: string, xsrf: string, code: string): string
}

const formPost = async (): Promise<FormPost> => (await import(join(LIB, 'response_modes', 'form_post.js'))).default
const codeForms = async (): Promise<CodeForms> => import(join(LIB, 'helpers', 'user_code_form.js'))

const { pages } = startPages()
const namesIn = (html: string): string[] => tags(html, 'input').flatMap(input => attributes(input, 'name'))

describe('the library', () => {
  test('writes markup in these files and no other', () => {
    const files = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.js'))
      .filter(file => /<form|<!DOCTYPE|<html/i.test(readFileSync(join(LIB, file), 'utf8')))
    expect(files.map(file => file.replaceAll('\\', '/')).sort()).toEqual([
      'actions/end_session.js',
      // Sources that settings replace; form_post; web_message, which no client may use.
      'helpers/defaults.js',
      'helpers/user_code_form.js',
      'response_modes/form_post.js',
      'response_modes/web_message.js',
      // devInteractions, which is off.
      'views/interaction.js',
      'views/layout.js',
      'views/login.js',
    ])
  })

  test('sends a form that submits itself from these places and no other', () => {
    const files = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.js'))
      .filter(file =>
        /import \w+ from '[./]+form_post\.js'/.test(
          readFileSync(join(LIB, file), 'utf8').replace('response_modes/', ''),
        ),
      )
    expect(files.map(file => file.replaceAll('\\', '/')).sort()).toEqual([
      'actions/authorization/resume.js',
      'actions/code_verification.js',
      'actions/end_session.js',
      'response_modes/index.js',
      'response_modes/jwt.js',
    ])
  })

  test('asks for a code with the fields of our page', async () => {
    const theirs = (await codeForms()).input('/device', 'secret', 'BCDF-GHJK', 'base-20')
    const model = { action: '/device', xsrf: 'secret', userCode: 'BCDF-GHJK' }
    expect(namesIn(pages.render('device-code', { locale: 'en', model }))).toEqual(namesIn(theirs))
    expect(namesIn(theirs)).toEqual(['xsrf', 'user_code'])
  })

  test('confirms a code with the fields of our page', async () => {
    const theirs = (await codeForms()).confirm('/device', 'secret', 'BCDF-GHJK')
    const model = { action: '/device', xsrf: 'secret', userCode: 'BCDF-GHJK', device: {} }
    const html = pages.render('device-confirm', { locale: 'en', model })
    const names = [...namesIn(html), ...tags(html, 'button').flatMap(button => attributes(button, 'name'))]
    expect(names).toEqual([...namesIn(theirs), 'abort'])
    expect(namesIn(theirs)).toEqual(['xsrf', 'user_code', 'confirm'])
  })

  test('asks about a logout with the field of our page', () => {
    const source = readFileSync(join(LIB, 'actions', 'end_session.js'), 'utf8')
    const [theirs = ''] = /<form id="op\.logoutForm"[\s\S]*?<\/form>/.exec(source) ?? []
    const html = pages.render('logout', { locale: 'en', model: { action: '/out', xsrf: 'secret' } })
    expect(namesIn(html)).toEqual(namesIn(theirs))
    expect(namesIn(theirs)).toEqual(['xsrf'])
  })

  test('passes something on in the shape that we read', async () => {
    const ctx = { response: { get: () => '' }, set: () => {} } as unknown as Context
    const send = await formPost()
    send(ctx, 'https://app.example/cb?a=1&b="2"', { xsrf: 'x', note: `<i> & "it's"`, n: 7 })
    expect(readPassingForm(String(ctx.body))).toEqual({
      action: 'https://app.example/cb?a=1&b="2"',
      fields: [
        { name: 'xsrf', value: 'x' },
        { name: 'note', value: `<i> & "it's"` },
        { name: 'n', value: '7' },
      ],
    })
    // All there is: nothing of the page is lost by reading its form alone.
    expect(tags(String(ctx.body), 'input')).toHaveLength(3)
    expect(tags(String(ctx.body), 'form')).toHaveLength(1)
  })
})

describe('what a browser gets', () => {
  const responder = createPageResponder({
    pages,
    brandOf: () => undefined,
    startableApps: () => [],
    defaultLocale: 'nl',
    https: false,
  })
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

  const answer = async (work: Middleware) => {
    const app = new Koa()
    app.use((ctx, next) => {
      ctx.state.reference = 'ref'
      return next()
    })
    app.use(securityHeaders({ https: false }))
    app.use(errorBoundary({ renderErrorPage: responder.showError, noteRefusal: () => undefined, logger }))
    app.use(createLibraryPages((ctx, form) => responder.show(ctx, 'auto-submit', form)))
    app.use(work)
    const server = createServer(app.callback()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const got = await rawRequest(`http://127.0.0.1:${port}`, { headers: { accept: 'text/html' } })
    server.close()
    await once(server, 'close')
    return got
  }

  test('instead of the form that submits itself is our page, under our policy', async () => {
    const send = await formPost()
    const page = await answer(ctx => send(ctx, '/device', { xsrf: 'x', user_code: 'BCDF-GHJK' }))
    expect([page.status, isOwnPage(page)]).toEqual([200, true])
    expect(attributes(page.body, 'action')).toEqual(['/device'])
    expect(namesIn(page.body)).toEqual(['xsrf', 'user_code'])
    expect(page.headers['content-security-policy']).toContain("script-src 'self';")
    expect(page.headers['content-security-policy']).not.toContain('sha256')
  })

  test('instead of a page that nobody knows is our error', async () => {
    const page = await answer(ctx => {
      ctx.type = 'html'
      ctx.body = '<!DOCTYPE html><h1>New in this version</h1>'
    })
    expect([page.status, isOwnPage(page)]).toEqual([500, true])
    expect(page.body).not.toContain('New in this version')
  })

  test.each<[string, Middleware, number]>([
    ['our pages', ctx => responder.show(ctx, 'wait', { checkUrl: '/' }), 200],
    ['redirects', ctx => ctx.redirect('https://app.example/'), 302],
    [
      'JSON',
      ctx => {
        ctx.body = {}
      },
      200,
    ],
  ])('%s stay as they are', async (_name, work, status) => {
    expect((await answer(work)).status).toBe(status)
  })
})
