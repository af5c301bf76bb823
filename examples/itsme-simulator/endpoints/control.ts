import Router from '@koa/router'
import type { Context } from 'koa'
import type { ProviderKeys } from '../crypto/provider-keys.ts'
import { type Faults, parseFault } from '../faults/faults.ts'
import { type Client, SWITCHES, type Switches } from '../options.ts'
import { readText } from './form.ts'

type ControlDeps = {
  readonly switches: Switches
  /** What a reset comes back to. */
  readonly initial: Switches
  readonly faults: Faults
  readonly keys: ProviderKeys
  readonly register: (client: Client) => void
  readonly setOffset: (seconds: number) => void
  readonly recreate: (personaId: string) => boolean
}

type Body = Record<string, unknown>

const readBody = async (ctx: Context): Promise<Body> => {
  const text = await readText(ctx.req)
  const body: unknown = text === '' ? {} : JSON.parse(text)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body
  throw new SyntaxError('the body must be a JSON object')
}

const switchProblem = (body: Body): string | undefined => {
  for (const [name, value] of Object.entries(body)) {
    const values: readonly unknown[] | undefined = Object.hasOwn(SWITCHES, name)
      ? SWITCHES[name as keyof Switches]
      : undefined
    if (values === undefined) return `there is no switch "${name}"; there are ${Object.keys(SWITCHES).join(', ')}`
    if (!values.includes(value)) return `${name} must be one of ${values.join(', ')}`
  }
  return undefined
}

type Action = (body: Body) => string | undefined | Promise<string | undefined>

const isClient = (body: Body): boolean =>
  typeof body.clientId === 'string' &&
  typeof body.jwksUri === 'string' &&
  Array.isArray(body.redirectUris) &&
  typeof body.serviceCodes === 'object' &&
  body.serviceCodes !== null

/** What can be done; each says what is wrong with its body, or nothing when it is done. */
const createActions = (deps: ControlDeps): Record<string, Action> => ({
  fault: body => {
    const fault = parseFault(body)
    if (typeof fault === 'string') return fault
    deps.faults.add(fault)
    return undefined
  },
  config: body => {
    const problem = switchProblem(body)
    if (problem === undefined) Object.assign(deps.switches, body)
    return problem
  },
  clock: ({ offsetSeconds }) => {
    if (typeof offsetSeconds !== 'number' || !Number.isFinite(offsetSeconds)) return 'offsetSeconds must be a number'
    deps.setOffset(offsetSeconds)
    return undefined
  },
  clients: body => {
    if (!isClient(body)) return 'a client has clientId, redirectUris, jwksUri and serviceCodes'
    deps.register(body as unknown as Client)
    return undefined
  },
  recreate: ({ persona }) =>
    typeof persona === 'string' && deps.recreate(persona) ? undefined : 'persona must be the id of a persona',
  'rotate-keys': async () => {
    await deps.keys.rotate()
    return undefined
  },
  reset: () => {
    deps.faults.clear()
    deps.setOffset(0)
    Object.assign(deps.switches, deps.initial)
    return undefined
  },
})

/**
 * How a test drives the simulator (README.md lists the bodies). Everything here is open to whoever reaches the port,
 * which is why the simulator listens on loopback and refuses production.
 */
export const createControlRoutes = (deps: ControlDeps): Router => {
  const router = new Router({ prefix: '/_sim' })
  for (const [name, act] of Object.entries(createActions(deps))) {
    router.post(`/${name}`, async ctx => {
      let problem: string | undefined
      try {
        problem = await act(await readBody(ctx))
      } catch (error) {
        problem = (error as Error).message
      }
      ctx.status = problem === undefined ? 200 : 400
      ctx.body = problem === undefined ? { switches: deps.switches } : { problem }
    })
  }
  return router
}
