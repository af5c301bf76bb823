import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import Koa, { type Middleware } from 'koa'
import { errorBoundary } from '#src/http/error-boundary.ts'
import { createLoadShedding } from '#src/http/load-shedding.ts'
import { rawRequest } from '#test/support/raw-request.ts'

/** Requests that stay inside until the test lets them go. */
let server: Server
let origin: string
let delay = 0
let inside: (() => void)[] = []
let entered = 0

const hold: Middleware = async ctx => {
  if (ctx.method === 'POST') for await (const _chunk of ctx.req);
  entered++
  const left = new Promise<void>(resolve => {
    inside.push(resolve)
  })
  await left
  ctx.body = 'done'
}

const silent = () => undefined
const logger = { debug: silent, info: silent, warn: silent, error: silent }

beforeEach(async () => {
  delay = 0
  inside = []
  entered = 0
  const app = new Koa()
  app.use(errorBoundary({ logger, renderErrorPage: silent, noteRefusal: silent }))
  app.use(createLoadShedding({ maxInFlight: 2, maxEventLoopDelayMs: 200 }, () => delay))
  app.use(hold)
  server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.close()
  server.closeAllConnections()
})

type Held = { readonly status: Promise<number> }

/** Begins a request and waits until it is inside. */
const enter = async (path: string): Promise<Held> => {
  const before = entered
  const status = rawRequest(origin, { path }).then(answer => answer.status)
  while (entered === before) await turn()
  return { status }
}

const refused = async (path: string) => {
  const { status, headers, body } = await rawRequest(origin, { path })
  return [status, headers['retry-after'], JSON.parse(body).title, JSON.parse(body).error]
}

const OVERLOADED = [503, '5', 'server.overloaded', 'temporarily_unavailable']

/** @returns the statuses of requests that were held, after they were let go */
const letGo = async (held: readonly Held[]): Promise<number[]> => {
  for (const leave of inside.splice(0)) leave()
  return Promise.all(held.map(({ status }) => status))
}

test('refuses what is too much, keeps the rest of the room for tokens and keys, and recovers', async () => {
  const held = [await enter('/auth'), await enter('/callback/itsme')]
  expect(await refused('/auth')).toEqual(OVERLOADED)
  held.push(await enter('/token'), await enter('/jwks'))
  for (const path of ['/token', '/jwks', '/.well-known/openid-configuration', '/upstream/itsme/jwks', '/auth']) {
    expect(await refused(path)).toEqual(OVERLOADED)
  }
  expect(await letGo(held)).toEqual([200, 200, 200, 200])
  expect(await letGo([await enter('/auth')])).toEqual([200])
})

test('an event loop that is late refuses logins first, tokens at twice the delay', async () => {
  delay = 200
  expect(await refused('/auth')).toEqual(OVERLOADED)
  delay = 399
  expect(await refused('/auth')).toEqual(OVERLOADED)
  expect(await letGo([await enter('/token')])).toEqual([200])
  delay = 400
  expect(await refused('/token')).toEqual(OVERLOADED)
})

test('requests whose body never ends take nobody’s place', async () => {
  const slow = Array.from({ length: 5 }, () => {
    const request = httpRequest(`${origin}/auth`, {
      method: 'POST',
      headers: { 'content-length': '9', expect: '100-continue' },
    })
    request.on('error', silent)
    request.flushHeaders()
    return request
  })
  // The server says so right before it begins with a request.
  await Promise.all(slow.map(request => once(request, 'continue')))
  expect(await letGo([await enter('/auth')])).toEqual([200])
  for (const request of slow) request.destroy()
})
