import Router from '@koa/router'
import { claimsFor } from '../claims.ts'
import type { IssueToken } from '../crypto/nested-jwt.ts'
import { type Faults, TOKEN_FAULTS } from '../faults/faults.ts'
import type { Grants } from '../grants.ts'
import type { Switches } from '../options.ts'
import { baseClaims } from './token.ts'

/** UserInfo: GET with a bearer token; the answer is a nested JWT, by default under the media type of plain JSON. */
export const createUserinfoRoutes = (deps: {
  issuer: string
  clock: () => number
  switches: Switches
  faults: Faults
  grants: Grants
  issueToken: IssueToken
}): Router => {
  const { issuer, switches } = deps
  const router = new Router()

  router.get('/v2/userinfo', async ctx => {
    ctx.set('cache-control', 'no-store')
    const [scheme, token] = ctx.get('authorization').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || !token) {
      ctx.status = 400
      ctx.body = { error: 'invalid_request', detail: 'a bearer token is needed' }
      return
    }
    const access = deps.grants.findAccess(token)
    if (access === undefined) {
      ctx.status = 401
      ctx.body = { error: 'invalid_token' }
      return
    }
    const { request, persona, recipient } = access
    const claims = claimsFor(persona, switches, request.scopes, request.claims).userinfo
    const payload = { ...baseClaims(issuer, access, Math.floor(deps.clock() / 1000)), ...claims }
    const body = await deps.issueToken(payload, recipient, deps.faults.take('userinfo', TOKEN_FAULTS)?.kind)
    ctx.set('content-type', switches.userinfoType)
    ctx.body = body
  })

  return router
}
