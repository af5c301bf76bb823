/**
 * FROZEN (see README.md): never to be optimised or changed.
 *
 * The baseline on Redis in a process of its own: `node bench/baseline-redis/main.ts JSON`, where JSON is
 * `{"port","upstream","upstreamClientId","clients","redis"}`. Serves its upstream client keys at `/upstream/jwks`,
 * prints `{"ready":true,"issuer":…}` and lives until its parent disconnects or it is told to stop.
 */
import { once } from 'node:events'
import { Redis } from 'ioredis'
import type { ClientMetadata } from 'oidc-provider'
import { createKeys } from '#bench/baseline/keys.ts'
import { createUpstreamClient } from '#bench/baseline/upstream-client.ts'
import { createBaselineProvider } from './provider.ts'
import { createRedisAdapter } from './redis-adapter.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as {
  port: number
  upstream: string
  upstreamClientId: string
  clients: ClientMetadata[]
  redis: string
}

const issuer = `http://127.0.0.1:${options.port}`
const keys = await createKeys()
const upstream = await createUpstreamClient({
  issuer: options.upstream,
  clientId: options.upstreamClientId,
  redirectUri: `${issuer}/callback`,
  signing: keys.signing,
  encryption: keys.encryption,
})
const adapter = createRedisAdapter(new Redis(options.redis))
const provider = createBaselineProvider({
  issuer,
  jwks: keys.providerJwks,
  clients: options.clients,
  adapter,
  upstream,
})
provider.on('server_error', (_ctx, error) => console.error(error))
provider.use(async (ctx, next) => {
  if (ctx.path !== '/upstream/jwks') return next()
  ctx.body = keys.clientJwks
})

const server = provider.listen(options.port, '127.0.0.1')
await once(server, 'listening')
process.on('disconnect', () => process.exit())
console.log(JSON.stringify({ ready: true, issuer }))
