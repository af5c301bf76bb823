import Router from '@koa/router'

/** What an upstream may fetch from PIAS, each where it needs it. */
export type PublishedByUpstream = {
  /** The keys it encrypts to and checks PIAS's client assertions with. */
  readonly publicJwks?: () => { readonly keys: readonly object[] }
  /** Gives the request object of an id to the first who asks; nothing to everybody else. */
  readonly takeRequestObject?: (id: string) => Promise<string | undefined>
}

/** itsme keeps a JWKS for as long as `max-age` says, and never for less than 30 minutes. */
const JWKS_CACHE_CONTROL = 'public, max-age=1800'

const addJwks = (router: Router, id: string, publicJwks: () => object): void => {
  router.get(`/upstream/${id}/jwks`, ctx => {
    ctx.set('cache-control', JWKS_CACHE_CONTROL)
    ctx.type = 'application/jwk-set+json'
    ctx.body = JSON.stringify(publicJwks())
  })
}

const addRequestObjects = (router: Router, id: string, take: (id: string) => Promise<string | undefined>): void => {
  router.get(`/upstream/${id}/request/:request`, async ctx => {
    // HEAD comes here too, and would use up what GET is to get.
    if (ctx.method !== 'GET') {
      ctx.set('allow', 'GET')
      ctx.status = 405
      return
    }
    const object = await take(ctx.params.request ?? '')
    if (object === undefined) return
    ctx.set('cache-control', 'no-store')
    ctx.type = 'application/oauth-authz-req+jwt'
    ctx.body = object
  })
}

/**
 * `GET /upstream/:id/jwks`: an upstream's keys at PIAS (OIDC Core 10), apart from PIAS's own `jwks_uri`: no key serves
 * two parties. `GET /upstream/:id/request/:request`: a request object by reference (RFC 9101, 5.2), served once.
 * Each only for upstreams that need it.
 */
export const createUpstreamRoutes = (upstreams: ReadonlyMap<string, PublishedByUpstream>): Router => {
  const router = new Router()
  for (const [id, { publicJwks, takeRequestObject }] of upstreams) {
    if (publicJwks !== undefined) addJwks(router, id, publicJwks)
    if (takeRequestObject !== undefined) addRequestObjects(router, id, takeRequestObject)
  }
  return router
}
