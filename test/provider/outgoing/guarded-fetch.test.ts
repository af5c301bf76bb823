import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { createGuardedFetch } from '#src/provider/outgoing/guarded-fetch.ts'

const MAX_BYTES = 1000
const PUBLIC = { address: '93.184.216.34', family: 4 }
const HERE = { address: '127.0.0.1', family: 4 }
const NONE = { privateNetworks: [], loopbackHttp: false, maxBytes: MAX_BYTES }

const portOf = (server: Server | TcpServer): number => (server.address() as AddressInfo).port
const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (error: { code?: string; name: string }) => error.code ?? error.name,
  )

describe('calls that nothing comes of', () => {
  let trap: TcpServer
  let connections: number
  beforeAll(async () => {
    trap = createTcpServer(socket => {
      connections++
      socket.destroy()
    })
    trap.listen(0, '127.0.0.1')
    await once(trap, 'listening')
  })
  beforeEach(() => {
    connections = 0
  })
  afterAll(() => trap.close())

  const here = () => `https://127.0.0.1:${portOf(trap)}/keys`
  const named = () => `https://app.example:${portOf(trap)}/keys`

  test.each([
    ['an address of this machine', () => here()],
    ['the same as a number', () => `https://2130706433:${portOf(trap)}/`],
    ['the same in hexadecimal', () => `https://0x7f.1:${portOf(trap)}/`],
    ['the same in IPv6', () => `https://[::ffff:127.0.0.1]:${portOf(trap)}/`],
    ['the same by NAT64', () => `https://[64:ff9b::7f00:1]:${portOf(trap)}/`],
    ['its name', () => `https://localhost:${portOf(trap)}/`],
    ['the metadata service of a cloud', () => 'https://169.254.169.254/latest/meta-data'],
    ['plain http', () => `http://127.0.0.1:${portOf(trap)}/`],
    ['another scheme', () => 'file:///etc/passwd'],
  ])('%s: no connection is made', async (_what, url) => {
    expect(await codeOf(createGuardedFetch(NONE)(url()))).toBe('ERR_ADDRESS_NOT_ALLOWED')
    expect(connections).toBe(0)
  })

  test('a name that leads here, alone or among public addresses', async () => {
    for (const addresses of [[HERE], [PUBLIC, HERE], []]) {
      const fetch = createGuardedFetch({ ...NONE, resolve: async () => addresses })
      expect(await codeOf(fetch(named()))).toBe('ERR_ADDRESS_NOT_ALLOWED')
    }
    expect(connections).toBe(0)
  })

  test('a name that is public when it is asked once and leads here when it is asked again', async () => {
    let asked = 0
    // Where the address that was checked is not the one that is called, the second answer would be called.
    const resolve = async () => (asked++ === 0 ? [HERE] : [PUBLIC])
    const fetch = createGuardedFetch({ ...NONE, privateNetworks: ['127.0.0.0/8'], resolve })
    await codeOf(fetch(named()))
    expect([asked, connections]).toEqual([1, 1])
  })

  test('an allowed network is called, and none beside it', async () => {
    await codeOf(createGuardedFetch({ ...NONE, privateNetworks: ['127.0.0.0/30'] })(here()))
    expect(connections).toBe(1)
    expect(await codeOf(createGuardedFetch({ ...NONE, privateNetworks: ['10.0.0.0/8'] })(here()))).toBe(
      'ERR_ADDRESS_NOT_ALLOWED',
    )
    expect(connections).toBe(1)
  })

  test('in development plain http is for this machine alone', async () => {
    const fetch = createGuardedFetch({ ...NONE, loopbackHttp: true, resolve: async () => [PUBLIC] })
    expect(await codeOf(fetch(`http://app.example:${portOf(trap)}/`))).toBe('ERR_ADDRESS_NOT_ALLOWED')
  })
})

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/redirect': response => response.writeHead(302, { location: '/small' }).end(),
  '/empty': response => response.writeHead(204).end(),
  '/hang': response => response.writeHead(200).write('a'),
  '/large': response => response.end('x'.repeat(2 * MAX_BYTES)),
}

describe('answers', () => {
  let server: Server
  const seen: { method: string; body: string; type: string | undefined }[] = []
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', chunk => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        seen.push({ method, body: Buffer.concat(chunks).toString(), type: headers['content-type'] })
        const answer = answers[url]
        if (answer === undefined) response.writeHead(200, { 'cache-control': 'max-age=5' }).end('{"keys":[]}')
        else answer(response)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const fetchHere = createGuardedFetch({ ...NONE, loopbackHttp: true })
  const get = (path: string, init?: RequestInit) => fetchHere(`http://127.0.0.1:${portOf(server)}${path}`, init)

  test('come with status, headers and body', async () => {
    const answer = await get('/small')
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'max-age=5'])
    expect(await answer.json()).toEqual({ keys: [] })
    expect((await get('/empty')).status).toBe(204)
  })

  test('a form is posted', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await get('/small', { method: 'POST', headers, body: new URLSearchParams({ logout_token: 'a b' }) })
    expect(seen.at(-1)).toEqual({ method: 'POST', body: 'logout_token=a+b', type: headers['content-type'] })
  })

  test('a redirect is an answer, not followed', async () => {
    const before = seen.length
    expect((await get('/redirect')).status).toBe(302)
    expect(seen.length).toBe(before + 1)
  })

  test('more than is allowed is not read', async () => {
    const answer = await get('/large')
    await expect(answer.text()).rejects.toThrow()
  })

  test('one that never ends is given up by the caller’s signal, and by the time limit', async () => {
    const controller = new AbortController()
    const answer = await get('/hang', { signal: controller.signal })
    const body = answer.text()
    controller.abort()
    await expect(body).rejects.toThrow()
    await expect((await get('/hang')).text()).rejects.toThrow()
  })
})
