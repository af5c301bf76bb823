import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import Router from '@koa/router'
import { ROOT } from '#test/support/processes.ts'
import { startPias } from '#test/support/start-pias.ts'

/** An endpoint; parameters of its path begin with a colon. */
export type Endpoint = { readonly method: string; readonly path: string }

const parse = (text: string): Endpoint => {
  const [method = '', path = ''] = text.split(' ')
  return { method, path }
}

/** The endpoints of oidc-provider, by the names it gives them; of those that are off there are none. */
const OF_LIBRARY: Readonly<Record<string, readonly string[]>> = {
  authorization: ['GET /auth', 'POST /auth'],
  resume: ['GET /auth/:uid'],
  userinfo: ['GET /me', 'POST /me'],
  token: ['POST /token'],
  jwks: ['GET /jwks'],
  discovery: ['GET /.well-known/oauth-authorization-server', 'GET /.well-known/openid-configuration'],
  registration: ['POST /reg'],
  client: ['GET /reg/:clientId'],
  client_update: ['PUT /reg/:clientId'],
  client_delete: ['DELETE /reg/:clientId'],
  revocation: ['POST /token/revocation'],
  introspection: ['POST /token/introspection'],
  end_session: ['GET /session/end', 'POST /session/end'],
  end_session_confirm: ['POST /session/end/confirm'],
  end_session_success: ['GET /session/end/success'],
  device_authorization: ['POST /device/auth'],
  code_verification: ['GET /device', 'POST /device'],
  device_resume: ['GET /device/:uid'],
  pushed_authorization_request: ['POST /request'],
  openid_credential_issuer: [],
  credential: [],
  challenge: [],
  backchannel_authentication: [],
  interaction: [],
  submit: [],
  abort: [],
}

/** What is answered by middleware that looks at the path itself. */
const OF_MIDDLEWARE = [
  'GET /livez',
  'GET /readyz',
  'GET /assets/:file',
  'GET /style',
  'GET /style/:page/:state',
  'GET /style/mail/:name/:state',
  'GET /outbox',
  'GET /outbox/:key',
]

/** The names of the routes that oidc-provider makes, from its own text: an upgrade that brings one is noticed. */
const namesInLibrary = (): string[] => {
  const main = createRequire(import.meta.url).resolve('oidc-provider')
  const text = readFileSync(join(dirname(main), 'helpers', 'initialize_app.js'), 'utf8')
  return [...new Set([...text.matchAll(/\b(?:get|post|put|del)\('(\w+)',/g)].map(([, name = '']) => name))]
}

/** The paths that the text of our middleware names. */
const pathsInMiddleware = (): string[] => {
  const files = [
    ...readdirSync(join(ROOT, 'src/http')).map(name => `src/http/${name}`),
    ...readdirSync(join(ROOT, 'src/provider/middleware')).map(name => `src/provider/middleware/${name}`),
    'src/operations/health.ts',
  ].filter(name => name.endsWith('.ts'))
  return files.flatMap(file =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/['`](\/[a-z.][\w./-]+)/g)].map(([, path = '']) => path),
  )
}

/** Of the simulator, which is composed with a node in tests. */
const OF_SIMULATOR = /^\/(v2|_sim|simulator\.css)(\/|$)|^\/$/

/** The routes of all routers that are made while a node is composed. */
const routesWith = async (config: object): Promise<readonly Endpoint[]> => {
  const routers = new Set<Router>()
  const { routes } = Router.prototype
  Router.prototype.routes = function () {
    routers.add(this as unknown as Router)
    return routes.call(this)
  }
  try {
    await (await startPias({ config })).close()
  } finally {
    Router.prototype.routes = routes
  }
  return [...routers].flatMap(({ stack }) =>
    stack.flatMap(({ methods, path }) =>
      methods.filter(method => method !== 'HEAD').map(method => ({ method, path: String(path) })),
    ),
  )
}

/** What is in the second list and not in the first. */
const newIn = (first: readonly Endpoint[], second: readonly Endpoint[]): readonly Endpoint[] => {
  const left = first.map(({ method, path }) => `${method} ${path}`)
  return second.filter(({ method, path }) => {
    const index = left.indexOf(`${method} ${path}`)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}

/**
 * Every endpoint of a node, found where they are made: in our routers as a node is composed, in the library's text, and in
 * the text of our middleware. `console`: of the admin listener; its API describes itself.
 * @throws Error for one that this list does not know
 */
export const collectEndpoints = async (): Promise<{
  readonly open: readonly Endpoint[]
  readonly console: readonly Endpoint[]
}> => {
  const unknown = namesInLibrary().filter(name => !(name in OF_LIBRARY))
  if (unknown.length > 0) throw new Error(`endpoints of oidc-provider that nobody drives: ${unknown}`)
  const alone = await routesWith({})
  const withAdmin = await routesWith({ admin: { port: 1 } })
  const ofPias = alone.filter(({ path }) => !OF_SIMULATOR.test(path))
  const listed = [...Object.values(OF_LIBRARY).flat(), ...OF_MIDDLEWARE]
  const open = [...ofPias, ...listed.map(parse)]
  const stray = pathsInMiddleware().filter(named => !open.some(({ path }) => path.startsWith(named.replace(/\/$/, ''))))
  if (stray.length > 0) throw new Error(`paths in middleware that nobody drives: ${stray}`)
  return { open, console: newIn(alone, withAdmin) }
}

const patternOf = ({ path }: Endpoint): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)

/** The endpoint that answers a request: of several that fit, the one with the fewest parameters. */
export const endpointOf = (all: readonly Endpoint[], { method, path }: Endpoint): Endpoint | undefined =>
  all
    .filter(one => one.method === method && patternOf(one).test(path))
    .sort((a, b) => a.path.split(':').length - b.path.split(':').length)[0]
