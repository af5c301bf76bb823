import Router from '@koa/router'

type Publisher = { readonly publicJwks?: () => { readonly keys: readonly object[] } }

/** itsme keeps a JWKS for as long as `max-age` says, and never for less than 30 minutes (itsme.md, 3). */
const CACHE_CONTROL = 'public, max-age=1800'

/**
 * `GET /upstream/:id/jwks`: the public keys an upstream encrypts to and checks PIAS's client assertions with
 * (OIDC Core 10). Apart from PIAS's own `jwks_uri`: no key serves two parties.
 */
export const createUpstreamJwksRoutes = (upstreams: ReadonlyMap<string, Publisher>): Router => {
  const router = new Router()
  for (const [id, { publicJwks }] of upstreams) {
    if (publicJwks === undefined) continue
    router.get(`/upstream/${id}/jwks`, ctx => {
      ctx.set('cache-control', CACHE_CONTROL)
      ctx.type = 'application/jwk-set+json'
      ctx.body = JSON.stringify(publicJwks())
    })
  }
  return router
}
