/**
 * FROZEN (see README.md): never to be optimised or changed.
 *
 * The baseline in a process of its own: `node bench/baseline/main.ts JSON`, where JSON is
 * `{"port","upstream","upstreamClientId","client"}`. Serves its upstream client keys at `/upstream/jwks`, prints
 * `{"ready":true,"issuer":…}` and lives until its parent disconnects or it is told to stop.
 */
import { once } from 'node:events'
import type { ClientMetadata } from 'oidc-provider'
import { createKeys } from './keys.ts'
import { createBaselineProvider } from './provider.ts'
import { createUpstreamClient } from './upstream-client.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as {
  port: number
  upstream: string
  upstreamClientId: string
  client: ClientMetadata
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
const provider = createBaselineProvider({ issuer, jwks: keys.providerJwks, client: options.client, upstream })
provider.on('server_error', (_ctx, error) => console.error(error))
provider.use(async (ctx, next) => {
  if (ctx.path !== '/upstream/jwks') return next()
  ctx.body = keys.clientJwks
})

const server = provider.listen(options.port, '127.0.0.1')
await once(server, 'listening')
process.on('disconnect', () => process.exit())
console.log(JSON.stringify({ ready: true, issuer }))
