import Koa from 'koa'
import request from 'supertest'
import { hostCheck } from '#src/http/host-check.ts'
import { createRequestObjectShelf } from '#src/upstream/itsme/authorization/request-object-shelf.ts'
import { createUpstreamRoutes } from '#src/upstream/public-routes.ts'
import { upstreamUrls } from '#src/upstream/public-urls.ts'
import { memoryArtifacts } from './itsme/support.ts'

describe('upstreamUrls', () => {
  test.each([
    ['https://pias.example', 'https://pias.example:443/upstream/itsme/request/'],
    ['https://pias.example:8443', 'https://pias.example:8443/upstream/itsme/request/'],
    ['http://localhost:3000', 'http://localhost:3000/upstream/itsme/request/'],
    ['http://[::1]', 'http://[::1]:80/upstream/itsme/request/'],
  ])('of %s writes the port out for request objects', (issuer, requestPrefix) => {
    expect(upstreamUrls(issuer, 'itsme')).toEqual({
      callback: `${issuer}/callback/itsme`,
      jwks: `${issuer}/upstream/itsme/jwks`,
      requestPrefix,
    })
  })
})

describe('a request object by reference', () => {
  let now = 0
  const { requestPrefix: prefix } = upstreamUrls('http://127.0.0.1:9', 'itsme')
  const shelf = createRequestObjectShelf({ artifacts: memoryArtifacts(() => now), prefix })
  const routes = createUpstreamRoutes(new Map([['itsme', { takeRequestObject: shelf.take }]]))
  const app = new Koa().use(routes.routes()).callback()
  const pathOf = (uri: string) => new URL(uri).pathname

  test('is served once', async () => {
    const path = pathOf(await shelf.put('a.b.c.d.e'))
    const answer = await request(app).get(path).buffer(true)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('application/oauth-authz-req+jwt')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.text).toBe('a.b.c.d.e')
    expect((await request(app).get(path)).status).toBe(404)
  })

  test('is reached at a host with the port written out, where itsme fetches it', async () => {
    const app = new Koa({ proxy: true }).use(hostCheck('https://pias.example')).use(routes.routes()).callback()
    const headers = { host: 'pias.example:443', 'x-forwarded-proto': 'https' }
    expect(
      (
        await request(app)
          .get(pathOf(await shelf.put('a.b.c.d.e')))
          .set(headers)
      ).status,
    ).toBe(200)
  })

  test('goes to one of many who ask at once', async () => {
    const path = pathOf(await shelf.put('a.b.c.d.e'))
    const answers = await Promise.all(Array.from({ length: 20 }, () => request(app).get(path)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19)
  })

  test('is not used up by HEAD or POST', async () => {
    const path = pathOf(await shelf.put('a.b.c.d.e'))
    expect((await request(app).head(path)).status).toBe(405)
    expect((await request(app).post(path)).status).toBe(404)
    expect((await request(app).get(path)).status).toBe(200)
  })

  test('is gone after five minutes, and was never under another name', async () => {
    const path = pathOf(await shelf.put('a.b.c.d.e'))
    expect((await request(app).get(`${path}x`)).status).toBe(404)
    now += 300_000
    expect((await request(app).get(path)).status).toBe(404)
  })

  test('has an address nobody can guess', async () => {
    const addresses = await Promise.all([shelf.put('a'), shelf.put('a')])
    expect(new Set(addresses).size).toBe(2)
    for (const address of addresses) expect(address.slice(prefix.length)).toMatch(/^[\w-]{43}$/)
  })
})
