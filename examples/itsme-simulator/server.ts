import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Router from '@koa/router'
import Koa from 'koa'
import { createSubjects } from './claims.ts'
import { createClientAuthentication } from './crypto/client-assertion.ts'
import { createClientKeys } from './crypto/client-keys.ts'
import { createTokenIssuer } from './crypto/nested-jwt.ts'
import { createProviderKeys } from './crypto/provider-keys.ts'
import { createRequestObjectReader } from './crypto/request-object.ts'
import { createAuthorizationRoutes } from './endpoints/authorization.ts'
import { createControlRoutes } from './endpoints/control.ts'
import { createRequestFetcher } from './endpoints/request-uri.ts'
import { createTokenRoutes } from './endpoints/token.ts'
import { createUserinfoRoutes } from './endpoints/userinfo.ts'
import { createFaults } from './faults/faults.ts'
import { createLineFaults } from './faults/line-faults.ts'
import { createGrants } from './grants.ts'
import { discoveryDocument } from './metadata.ts'
import { type Client, defaultSwitches, type Persona, type Switches } from './options.ts'
import { messagePage } from './pages/message-page.ts'
import { securityHeaders } from './pages/security-headers.ts'
import { loadPersonas } from './personas.ts'

type AppInput = {
  readonly clients: readonly Client[]
  readonly personas: readonly Persona[]
  readonly switches: Partial<Switches>
  readonly fetch: typeof globalThis.fetch
}

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8')

const publicRoutes = (issuer: string, jwks: () => object): Router => {
  const router = new Router()
  const stylesheet = read('pages/simulator.css')
  router.get('/v2/.well-known/openid-configuration', ctx => {
    ctx.body = discoveryDocument(issuer)
  })
  router.get('/v2/jwkSet', ctx => {
    ctx.body = jwks()
  })
  router.get('/simulator.css', ctx => {
    ctx.type = 'css'
    ctx.set('cache-control', 'max-age=300')
    ctx.body = stylesheet
  })
  router.get('/', ctx => {
    ctx.type = 'html'
    ctx.body = messagePage(
      'itsme simulator',
      'A stand-in for tests and demonstrations. Start at the app you want to log in to.',
    )
  })
  return router
}

const createApp = async (issuer: string, input: AppInput) => {
  let offsetMs = 0
  const clock = () => Date.now() + offsetMs
  const clients = new Map(input.clients.map(client => [client.clientId, client]))
  const findClient = (clientId: string) => clients.get(clientId)
  const register = (client: Client) => void clients.set(client.clientId, client)

  const keys = await createProviderKeys()
  const initial = { ...defaultSwitches(), ...input.switches }
  const switches = { ...initial }
  const clientKeys = createClientKeys(clock, input.fetch, switches)
  const faults = createFaults()
  const grants = createGrants(clock)
  const issueToken = createTokenIssuer({ keys, switches, clock })
  const readRequestObject = createRequestObjectReader({ keys, clientKeys, issuer, clock })
  const authenticate = createClientAuthentication({
    findClient,
    clientKeys,
    tokenUrl: `${issuer}/token`,
    clock,
  })

  const shared = { issuer, clock, switches, faults, grants }
  const { personas } = input
  const { subjectFor, recreate } = createSubjects(personas)
  const routers = [
    publicRoutes(issuer, keys.jwks),
    createAuthorizationRoutes({
      ...shared,
      findClient,
      personas,
      readRequestObject,
      fetchRequestObject: createRequestFetcher(input.fetch),
      subjectFor,
    }),
    createTokenRoutes({ ...shared, clientKeys, authenticate, issueToken }),
    createUserinfoRoutes({ ...shared, issueToken }),
    createControlRoutes({
      ...shared,
      initial,
      keys,
      register,
      setOffset: seconds => {
        offsetMs = seconds * 1000
      },
      recreate,
    }),
  ]
  const app = new Koa()
  app.use(securityHeaders)
  app.use(createLineFaults(faults))
  for (const router of routers) app.use(router.routes()).use(router.allowedMethods())
  return { app, register }
}

const listen = async (server: Server, port: number, host: string): Promise<string> => {
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

/** A running simulator. */
export type Simulator = {
  /** What a relying party configures as issuer. */
  readonly issuer: string
  readonly origin: string
  /** Adds a relying party, or replaces the one with its id. */
  register(client: Client): void
  close(): Promise<void>
}

/**
 * Starts the itsme simulator.
 * @param options.port 0 for any free port
 * @param options.host loopback by default: whoever reaches the port may become any persona
 * @param options.personas by default those of personas.json
 * @param options.switches where they differ from the defaults; a reset comes back to these
 * @param options.fetch reads the clients' keys and request objects; for tests whose certificates nobody else trusts
 * @throws Error when NODE_ENV or PIAS_ENVIRONMENT is production, and what listening fails with (EADDRINUSE…)
 */
export const startSimulator = async (options: {
  port?: number
  host?: string
  clients?: readonly Client[]
  personas?: readonly Persona[]
  switches?: Partial<Switches>
  fetch?: typeof globalThis.fetch
}): Promise<Simulator> => {
  const { NODE_ENV, PIAS_ENVIRONMENT } = process.env
  if (NODE_ENV === 'production' || PIAS_ENVIRONMENT === 'production')
    throw new Error('the itsme simulator does not run in production')
  const { port = 3100, host = '127.0.0.1', clients = [], personas = loadPersonas() } = options
  const { switches = {}, fetch = globalThis.fetch } = options
  const server = createServer()
  const origin = await listen(server, port, host)
  const issuer = `${origin}/v2`
  const { app, register } = await createApp(issuer, { clients, personas, switches, fetch })
  server.on('request', app.callback())
  return {
    issuer,
    origin,
    register,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
