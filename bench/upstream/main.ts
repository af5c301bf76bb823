/**
 * The upstream of the benchmark, in a process of its own: `node bench/upstream/main.ts JSON`, where JSON is
 * `{"clients":[{"clientId","jwksUri","redirectUri"}]}`. Prints `{"ready":true,"issuer":…}` and lives until its parent
 * disconnects or it is told to stop.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Answer, json } from './answer.ts'
import { type Authorization, createAuthorizationEndpoint } from './authorization-endpoint.ts'
import { createClientRegistry, type UpstreamClient } from './client-registry.ts'
import { metadataOf } from './metadata.ts'
import { createJwtSigner } from './nested-jwt.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

const { clients } = JSON.parse(process.argv[2] ?? '{"clients":[]}') as { clients: UpstreamClient[] }

const server = createServer()
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const issuer = `${origin}/v2`

const registry = createClientRegistry(clients, `${issuer}/token`)
const { jwks, signJwt } = createJwtSigner('bench-upstream')
const codes = new Map<string, Authorization>()
const authorization = createAuthorizationEndpoint(registry, codes)
const { token, userinfo } = createTokenEndpoint({ issuer, registry, codes, signJwt })

const answer = async (request: IncomingMessage): Promise<Answer> => {
  const url = new URL(request.url ?? '/', origin)
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /v2/.well-known/openid-configuration':
      return json(200, metadataOf(issuer))
    case 'GET /v2/jwkSet':
      return json(200, jwks)
    case 'GET /v2/authorization':
      return authorization(url.searchParams)
    case 'POST /v2/token':
      return token(new URLSearchParams(await text(request)))
    case 'GET /v2/userinfo':
      return userinfo(request.headers.authorization?.replace(/^Bearer /i, '') ?? '')
    default:
      return { status: 404 }
  }
}

const failed = (error: unknown): Answer => {
  console.error(error)
  return json(400, { error: 'invalid_client', detail: 'see the log' })
}

server.on('request', async (request, response) => {
  const { status, type, body = '', location } = await answer(request).catch(failed)
  response.writeHead(status, {
    'content-length': Buffer.byteLength(body),
    ...(type ? { 'content-type': type } : {}),
    ...(location ? { location } : {}),
  })
  response.end(body)
})

process.on('disconnect', () => process.exit())
console.log(JSON.stringify({ ready: true, issuer }))
