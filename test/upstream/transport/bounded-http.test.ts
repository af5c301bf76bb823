import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBoundedHttp } from '#src/upstream/transport/bounded-http.ts'
import { httpFetch } from '#src/upstream/transport/http-fetch.ts'
import { createTestCertificate } from '#test/support/test-certificate.ts'

const UNAVAILABLE = { code: 'upstream.unavailable' }
const MAX_BYTES = 1000

const servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  for (const server of servers.splice(0)) server.close()
})

const listen = async (server: Server, scheme = 'http'): Promise<string> => {
  servers.push(server)
  server.on('connection', socket => sockets.add(socket))
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serve = (listener: RequestListener) => listen(createServer(listener))

/** With much time, except where it is to be too short. */
const bounded = (callMs = 30_000) => createBoundedHttp({ fetch: httpFetch, callMs })
const get = (url: string, callMs?: number) => bounded(callMs)(url, {}, MAX_BYTES)

test('reads status, type and text of an answer, in whatever pieces it comes', async () => {
  const origin = await serve((_request, response) => {
    response.writeHead(201, { 'content-type': 'application/json' })
    const bytes = Buffer.from('"é李"')
    for (const byte of bytes) response.write(Buffer.of(byte))
    response.end()
  })
  expect(await get(`${origin}/a`)).toEqual({ status: 201, contentType: 'application/json', body: '"é李"' })
})

test('sends a form as it is, with its length, and asks for no compression', async () => {
  const origin = await serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const { method, headers } = request
      response.end(JSON.stringify({ method, headers, form: Buffer.concat(chunks).toString() }))
    })
  })
  const body = new URLSearchParams({ name: 'Zoë & 李', plus: '+' })
  const reply = await bounded()(
    `${origin}/token`,
    { method: 'POST', headers: { accept: 'text/plain' }, body },
    MAX_BYTES,
  )
  const { method, headers, form } = JSON.parse(reply.body)
  expect([method, form]).toEqual(['POST', body.toString()])
  expect(headers).toMatchObject({
    accept: 'text/plain',
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    'content-length': `${form.length}`,
  })
  expect(headers).not.toHaveProperty('accept-encoding')
  expect(headers).not.toHaveProperty('transfer-encoding')
})

test('follows no redirect', async () => {
  const paths: string[] = []
  const origin = await serve((request, response) => {
    paths.push(request.url ?? '')
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect(await get(`${origin}/here`)).toMatchObject({ status: 302, body: '' })
  expect(paths).toEqual(['/here'])
})

test('gives up what is larger than allowed while it is still coming', async () => {
  const origin = await serve((_request, response) => {
    response.write('x'.repeat(MAX_BYTES + 1)) // and never ends
  })
  await expect(get(origin)).rejects.toMatchObject({ code: 'upstream.invalid_response' })
})

test.each([
  ['never begins', () => undefined],
  ['never ends', (response: { write(text: string): void }) => response.write('x')],
])('waits no longer than it may for an answer that %s', async (_what, answer) => {
  const origin = await serve((_request, response) => void answer(response))
  await expect(get(origin, 100)).rejects.toMatchObject(UNAVAILABLE)
})

test.each([500, 503, 429])('takes %p for being away', async status => {
  const origin = await serve((_request, response) => response.writeHead(status).end('{}'))
  await expect(get(origin)).rejects.toMatchObject(UNAVAILABLE)
})

test('an answer that breaks off, and nobody there, are the same to the caller', async () => {
  const origin = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('x', () => response.destroy())
  })
  await expect(get(origin)).rejects.toMatchObject(UNAVAILABLE)
  const [server] = servers
  await new Promise(resolve => server?.close(resolve))
  await expect(get(origin)).rejects.toMatchObject(UNAVAILABLE)
})

test('a connection is used again, and replaced when the server has ended it', async () => {
  let connections = 0
  const server = createServer((_request, response) => response.end('{}'))
  const origin = await listen(server)
  server.on('connection', () => {
    connections += 1
  })
  for (const _ of [1, 2, 3]) await get(origin)
  expect(connections).toBe(1)
  const closed = [...sockets].map(socket => new Promise(resolve => socket.once('close', resolve)))
  server.closeIdleConnections()
  await Promise.all(closed)
  // The end of the connection has to arrive here, too.
  await new Promise(resolve => setImmediate(resolve))
  await get(origin)
  expect(connections).toBe(2)
})

test('over TLS, a certificate that nobody trusts is nobody there', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pias-upstream-tls-'))
  try {
    const { keyFile, pem } = await createTestCertificate(dir)
    const secure = createSecureServer({ key: readFileSync(keyFile), cert: pem }, (_request, response) =>
      response.end('{}'),
    )
    await expect(get(await listen(secure, 'https'))).rejects.toMatchObject(UNAVAILABLE)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
