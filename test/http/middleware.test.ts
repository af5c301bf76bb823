import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa, { type Middleware } from 'koa'
import { errorBoundary } from '#src/http/error-boundary.ts'
import { hostCheck } from '#src/http/host-check.ts'
import { requestId } from '#src/http/request-id.ts'
import { requireSameOrigin } from '#src/http/same-origin.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import { rawRequest } from '#test/support/raw-request.ts'

/** The middleware around everything, one at a time over real HTTP. */
type Logged = { level: string; fields: object; message: string }
let server: Server | undefined
let logged: Logged[] = []

const log = (level: string) => (fields: object, message: string) => {
  logged.push({ level, fields, message })
}
const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }

const refused: string[] = []
const boundary = errorBoundary({
  logger,
  noteRefusal: (_ctx, code) => refused.push(code),
  renderErrorPage: (ctx, error) => {
    ctx.type = 'html'
    ctx.body = `<h1>${error.code}</h1>`
  },
})

/** Serves these and answers one request. */
const serve = async (
  middleware: readonly Middleware[],
  request: Parameters<typeof rawRequest>[1] = {},
  options: { proxy?: boolean } = {},
) => {
  const app = new Koa(options)
  app.silent = true
  for (const each of middleware) app.use(each)
  const listening = createServer(app.callback())
  server = listening
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  return rawRequest(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`, request)
}

beforeEach(() => {
  logged = []
})
afterEach(async () => {
  await new Promise(resolve => server?.close(resolve))
})

const failing =
  (error: unknown): Middleware =>
  () => {
    throw error
  }
const HTML = { accept: 'text/html,application/xhtml+xml' }

describe('errorBoundary', () => {
  test('is a page for browsers', async () => {
    const answer = await serve([requestId, boundary, failing(new PiasError('interaction.elsewhere'))], {
      headers: HTML,
    })
    expect([answer.status, answer.body]).toEqual([400, '<h1>interaction.elsewhere</h1>'])
    expect(answer.headers['content-type']).toContain('text/html')
  })

  test.each([
    ['asking for JSON', { accept: 'application/json' }],
    ['asking for nothing', {}],
    ['asking for anything', { accept: '*/*' }],
    ['asking for a picture', { accept: 'image/png' }],
  ])('is a problem document for machines (RFC 9457) %s', async (_name, headers) => {
    const error = new PiasError('request.invalid', 'the answer of another upstream')
    const answer = await serve([requestId, boundary, failing(error)], { headers: headers as Record<string, string> })
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(answer.body)).toEqual({
      type: 'about:blank',
      title: 'request.invalid',
      status: 400,
      detail: 'the answer of another upstream',
      reference: answer.headers['x-request-id'],
    })
  })

  test('says when to come again while the store is away, and not why', async () => {
    const answer = await serve([requestId, boundary, failing(new PiasError('store.unavailable', 'disk full'))])
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
    expect(answer.body).not.toContain('disk full')
  })

  test('says so, too, when the library passes on that the store is away', async () => {
    const cause = new PiasError('store.unavailable', 'disk full')
    const passedOn = await Promise.reject(cause)
      .catch(asUnavailable)
      .catch((error: unknown) => error)
    const answer = await serve([requestId, boundary, failing(passedOn)], { headers: HTML })
    expect([answer.status, answer.headers['retry-after'], answer.body]).toEqual([
      503,
      '5',
      '<h1>store.unavailable</h1>',
    ])
  })

  test.each([
    ['an error of our own making', new TypeError('secret of the inside')],
    ['a PiasError with a cause', new PiasError('server.failed', 'x', { cause: new Error('secret of the inside') })],
    ['something that is no error', 'secret of the inside'],
    ['a 5xx of a library', Object.assign(new Error('secret of the inside'), { status: 502, expose: true })],
  ])('shows nothing of %s; developers find it by its reference', async (_name, error) => {
    const answer = await serve([requestId, boundary, failing(error)])
    expect(answer.status).toBe(500)
    expect(answer.body).not.toMatch(/secret|\bat .*:\d+|node_modules|\.ts/)
    const { reference } = JSON.parse(answer.body)
    expect(logged).toEqual([
      expect.objectContaining({ level: 'error', fields: expect.objectContaining({ reference }) }),
    ])
  })

  test('logs the whole chain of causes of a failure, the path, and no query', async () => {
    const error = new PiasError('server.failed', 'outer', { cause: new Error('middle', { cause: new Error('inner') }) })
    await serve([requestId, boundary, failing(error)], { path: '/callback/itsme?code=secret-code' })
    const text = JSON.stringify(logged)
    for (const part of ['outer', 'middle', 'inner', '/callback/itsme']) expect(text).toContain(part)
    expect(text).not.toContain('secret-code')
  })

  test.each([
    [413, 'request.too_large'],
    [400, 'request.invalid'],
    [415, 'request.invalid'],
  ])('takes a %i of a body parser for bad input: %s', async (status, code) => {
    const answer = await serve([requestId, boundary, failing(Object.assign(new Error('x'), { status }))])
    expect(JSON.parse(answer.body)).toMatchObject({ title: code, reference: expect.any(String) })
    expect(logged.map(({ level }) => level)).toEqual(['info'])
  })

  test('is a 404 where nothing answered, and leaves answers alone', async () => {
    expect(JSON.parse((await serve([requestId, boundary])).body).title).toBe('page.not_found')
    await new Promise(resolve => server?.close(resolve))
    const fine = await serve([
      requestId,
      boundary,
      ctx => {
        ctx.status = 404
        ctx.body = 'an answer'
      },
    ])
    expect([fine.status, fine.body]).toEqual([404, 'an answer'])
  })
})

describe('requestId', () => {
  test('is ours, whatever the caller says', async () => {
    const echo: Middleware = ctx => {
      ctx.body = ctx.state.reference
    }
    const answer = await serve([requestId, echo], { headers: { 'x-request-id': 'forged\tline' } })
    expect(answer.body).toMatch(/^[0-9a-f]{16}$/)
    expect(answer.headers['x-request-id']).toBe(answer.body)
  })
})

describe('hostCheck', () => {
  const ok: Middleware = ctx => {
    ctx.body = ctx.get('x-forwarded-host') || 'none'
  }
  const stack = [requestId, boundary, hostCheck('http://id.example'), ok]

  test.each([
    ['id.example', 200],
    ['ID.EXAMPLE', 421],
    ['id.example:80', 421],
    ['id.example.', 421],
    ['id.example.evil.example', 421],
    ['evil.example', 421],
    ['', 421],
  ])('for Host "%s" answers %i', async (host, status) => {
    expect((await serve(stack, { headers: { host } })).status).toBe(status)
  })

  test.each(['http://evil.example/', 'http://id.example/', 'http://x@id.example/'])(
    'refuses the absolute target %s, which outweighs the header',
    async path => {
      expect((await serve(stack, { path, headers: { host: 'id.example' } })).status).toBe(421)
    },
  )

  test('drops X-Forwarded-Host before anybody reads it', async () => {
    const answer = await serve(stack, { headers: { host: 'id.example', 'x-forwarded-host': 'evil.example' } })
    expect([answer.status, answer.body]).toEqual([200, 'none'])
  })
})

describe('hostCheck of an https issuer behind a proxy', () => {
  const ok: Middleware = ctx => {
    ctx.body = ctx.href
  }
  const stack = [requestId, boundary, hostCheck('https://id.example'), ok]

  test.each([
    ['https', 200],
    ['https, http', 200],
    ['http', 421],
    ['', 421],
  ])('answers X-Forwarded-Proto "%s" with %i', async (proto, status) => {
    const headers = { host: 'id.example', ...(proto && { 'x-forwarded-proto': proto }) }
    const answer = await serve(stack, { headers }, { proxy: true })
    expect(answer.status).toBe(status)
    if (status === 200) expect(answer.body).toBe('https://id.example/')
  })

  test('does not believe the header without a trusted proxy', async () => {
    const headers = { host: 'id.example', 'x-forwarded-proto': 'https' }
    expect((await serve(stack, { headers })).status).toBe(421)
  })
})

describe('requireSameOrigin', () => {
  const ISSUER = 'https://id.example'
  test.each<[string | undefined, string | undefined, number]>([
    [undefined, undefined, 200],
    [ISSUER, undefined, 200],
    [ISSUER, 'same-origin', 200],
    // Our own pages have `Referrer-Policy: no-referrer`, under which browsers send `null` with our own forms.
    ['null', 'same-origin', 200],
    ['null', undefined, 200],
    [undefined, 'none', 200],
    ['null', 'cross-site', 403],
    ['null', 'same-site', 403],
    [ISSUER, 'cross-site', 403],
    ['https://evil.example', undefined, 403],
    ['https://evil.example', 'same-origin', 403],
    ['https://id.example.evil.example', 'same-origin', 403],
    ['http://id.example', 'same-origin', 403],
    [undefined, 'cross-site', 403],
    [undefined, 'made-up', 403],
  ])('Origin %s with Sec-Fetch-Site %s: %i', async (origin, site, status) => {
    const form: Middleware = ctx => {
      requireSameOrigin(ctx, ISSUER)
      ctx.body = 'ok'
    }
    const headers = { ...(origin && { origin }), ...(site && { 'sec-fetch-site': site }) }
    expect((await serve([requestId, boundary, form], { method: 'POST', headers })).status).toBe(status)
  })
})
