import { randomBytes } from 'node:crypto'
import Router from '@koa/router'
import type { Context } from 'koa'
import { createExpiringMap } from '../expiring-map.ts'
import { type Faults, OUTCOME_FAULTS } from '../faults/faults.ts'
import type { Grants } from '../grants.ts'
import type { Client, Persona, Switches } from '../options.ts'
import { messagePage } from '../pages/message-page.ts'
import { personaPage } from '../pages/persona-page.ts'
import { type AuthorizationRequest, checkRequest } from './authorization-request.ts'
import { readForm } from './form.ts'
import { createRequestReader } from './read-request.ts'

type AuthorizationDeps = {
  readonly issuer: string
  readonly clock: () => number
  readonly findClient: (clientId: string) => Client | undefined
  readonly personas: readonly Persona[]
  readonly switches: Switches
  readonly faults: Faults
  readonly grants: Grants
  readonly readRequestObject: (client: Client, object: string) => Promise<Map<string, string>>
  readonly fetchRequestObject: (client: Client, uri: string) => Promise<string>
  readonly subjectFor: (clientId: string, personaId: string) => string
}

/** An action waits on the phone for three minutes. */
const ACTION_MS = 180_000

/** Parameters that are the simulator's own. */
const PERSONA = 'persona'
const REFUSE = 'refuse'

const page = (ctx: Context, status: number, reason: string): void => {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = messagePage('This request cannot go on', `${reason}. Nothing was sent to the app you came from.`)
}

const back = (ctx: Context, request: { redirectUri: string; state?: string }, answer: Record<string, string>): void => {
  const location = new URL(request.redirectUri)
  for (const [name, value] of Object.entries(answer)) location.searchParams.set(name, value)
  if (request.state !== undefined) location.searchParams.set('state', request.state)
  ctx.redirect(location.href)
}

type Ending = (ctx: Context, request: { redirectUri: string; state?: string }) => void

const silent =
  (title: string, text: string): Ending =>
  ctx => {
    ctx.type = 'html'
    ctx.body = messagePage(title, text)
  }

const REFUSED = { error: 'access_denied', error_description: 'The user refused' }

/** Ends of an action other than an approval; none for `approve`. Where nothing comes back, the person is left here. */
const OUTCOMES: { readonly [outcome in Switches['outcome']]?: Ending } = {
  refuse: (ctx, request) => back(ctx, request, REFUSED),
  outage: (ctx, request) => back(ctx, request, { error: 'temporary_unavailable' }),
  timeout: silent('This action has expired', 'You did not answer in the app within three minutes.'),
  abandon: silent('You left', 'You closed the app. Nothing was sent to where you came from.'),
}

/**
 * The authorization endpoint and the page on which a person is chosen. With `persona=ID` the person approves at once,
 * with `persona=refuse` the answer is `access_denied`; without it a page asks.
 */
export const createAuthorizationRoutes = (deps: AuthorizationDeps): Router => {
  const router = new Router()
  const read = createRequestReader(deps)
  const pending = createExpiringMap<AuthorizationRequest>(deps.clock, ACTION_MS)

  const decide = (ctx: Context, request: AuthorizationRequest, choice: string): void => {
    if (choice === REFUSE) return back(ctx, request, REFUSED)
    const persona = deps.personas.find(({ id }) => id === choice)
    if (persona === undefined) return page(ctx, 400, `There is no persona "${choice}"`)
    const subject = deps.subjectFor(request.client.clientId, persona.id)
    return back(ctx, request, { code: deps.grants.issueCode({ request, persona, subject }) })
  }

  router.get('/v2/authorization', async ctx => {
    const asked = await read(ctx.querystring)
    if ('reason' in asked) return page(ctx, 400, asked.reason)
    const { client, parameters, redirectUri, problem } = asked
    const state = parameters.get('state')
    const answer = { redirectUri, ...(state === undefined ? {} : { state }) }
    const request = problem ?? checkRequest(parameters, client, redirectUri, deps.switches)
    if ('error' in request) return back(ctx, answer, { error: request.error, error_description: request.description })
    const ending = OUTCOMES[deps.switches.outcome]
    if (ending !== undefined) return ending(ctx, answer)
    const outcome = deps.faults.take('authorization', OUTCOME_FAULTS)
    if (outcome !== undefined) return back(ctx, answer, { error: outcome.kind })

    const choice = parameters.get(PERSONA)
    if (choice !== undefined) return decide(ctx, request, choice)
    const action = randomBytes(18).toString('base64url')
    pending.put(action, request)
    ctx.type = 'html'
    ctx.body = personaPage({ action, clientId: client.clientId, scopes: request.scopes, personas: deps.personas })
  })

  router.post('/v2/authorization/decision', async ctx => {
    const form = await readForm(ctx.req)
    const request = pending.take(form.get('action') ?? '')
    if (request === undefined) return page(ctx, 400, 'This action has expired or was answered already')
    decide(ctx, request, form.get(PERSONA) ?? '')
    if (ctx.status === 302) ctx.status = 303
  })

  return router
}
