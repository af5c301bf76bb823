// FROZEN (see README.md): never to be optimised or changed.
import Router from '@koa/router'
import type { JWK } from 'jose'
import Provider, { type Adapter, type ClientMetadata } from 'oidc-provider'
import type { createUpstreamClient, UpstreamLeg } from '#bench/baseline/upstream-client.ts'

const DAY = 86_400

/** In seconds. */
const TTL = {
  AccessToken: 3600,
  AuthorizationCode: 60,
  ClientCredentials: 600,
  Grant: DAY,
  IdToken: 3600,
  Interaction: 600,
  RefreshToken: 14 * DAY,
  Session: DAY,
}

/** Creates the provider with its two routes: the interaction, which redirects upstream, and the fixed callback. */
export const createBaselineProvider = (deps: {
  issuer: string
  jwks: { keys: JWK[] }
  clients: ClientMetadata[]
  adapter: (model: string) => Adapter
  upstream: Awaited<ReturnType<typeof createUpstreamClient>>
}): Provider => {
  const { upstream } = deps
  const profiles = new Map<string, object>()
  const legs = new Map<string, UpstreamLeg>()

  const provider = new Provider(deps.issuer, {
    adapter: deps.adapter,
    clients: deps.clients,
    jwks: deps.jwks,
    claims: {
      openid: ['sub', 'auth_time'],
      profile: ['given_name', 'family_name', 'birthdate'],
    },
    cookies: { keys: [crypto.randomUUID()], short: { path: '/' } },
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...profiles.get(sub), sub }) }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: TTL,
  })

  const router = new Router()
  router.get('/interaction/:uid', async ctx => {
    const { uid } = await provider.interactionDetails(ctx.req, ctx.res)
    const { redirectTo, leg } = await upstream.begin(uid)
    legs.set(uid, leg)
    ctx.redirect(redirectTo)
  })
  router.get('/callback', async ctx => {
    const { uid, params } = await provider.interactionDetails(ctx.req, ctx.res)
    const leg = legs.get(uid)
    if (!leg) return ctx.throw(400, 'unknown state')
    legs.delete(uid)
    const { sub, ...claims } = await upstream.complete(new URL(ctx.url, deps.issuer), uid, leg)
    profiles.set(sub, claims)
    const grant = new provider.Grant({ accountId: sub, clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    const result = { login: { accountId: sub }, consent: { grantId: await grant.save() } }
    await provider.interactionFinished(ctx.req, ctx.res, result)
    ctx.respond = false
  })
  provider.use(router.routes())
  return provider
}
