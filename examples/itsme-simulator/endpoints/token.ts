import { createHash } from 'node:crypto'
import Router from '@koa/router'
import type { JWK } from 'jose'
import type { Context } from 'koa'
import { claimsFor } from '../claims.ts'
import type { ClientKeys } from '../crypto/client-keys.ts'
import type { IssueToken } from '../crypto/nested-jwt.ts'
import { type Faults, TOKEN_FAULTS } from '../faults/faults.ts'
import { ACCESS_TOKEN_SECONDS, type Grant, type Grants } from '../grants.ts'
import type { Client, Switches } from '../options.ts'
import { readForm } from './form.ts'

type TokenDeps = {
  readonly issuer: string
  readonly clock: () => number
  readonly switches: Switches
  readonly faults: Faults
  readonly grants: Grants
  readonly clientKeys: ClientKeys
  readonly authenticate: (form: URLSearchParams) => Promise<{ client: Client } | { problem: string }>
  readonly issueToken: IssueToken
}

/** An ID token is valid for five minutes. */
export const TOKEN_SECONDS = 300

/** itsme says what is wrong in `detail`, where OAuth says `error_description`. */
const refuse = (ctx: Context, error: string, detail: string): void => {
  ctx.status = 400
  ctx.body = { error, detail }
}

const proves = (verifier: string | null, challenge: string | undefined): boolean => {
  if (challenge === undefined) return verifier === null
  if (verifier === null || !/^[\w.~-]{43,128}$/.test(verifier)) return false
  return createHash('sha256').update(verifier).digest('base64url') === challenge
}

/** The claims every token begins with. */
export const baseClaims = (issuer: string, grant: Grant, now: number) => ({
  iss: issuer,
  aud: grant.request.client.clientId,
  sub: grant.subject,
  iat: now,
  exp: now + TOKEN_SECONDS,
})

/** The spellings of itsme's versions; v1 had a tag (RFC 4151) where v2 has a URL. */
const acrClaim = (acr: string, spelling: Switches['acr']): { acr?: string } => {
  const level = acr.slice(acr.lastIndexOf('/') + 1)
  switch (spelling) {
    case 'absent':
      return {}
    case 'V2':
      return { acr: acr.replace('/v2/', '/V2/') }
    case 'tag':
      return { acr: `tag:sixdots.be,2016-06:${level}` }
    case 'lower':
      return { acr }
  }
}

/** The token endpoint: one grant type, private_key_jwt, codes that work once. */
export const createTokenRoutes = (deps: TokenDeps): Router => {
  const router = new Router()
  const { issuer, switches, grants } = deps

  const idToken = (grant: Grant, recipient: JWK): Promise<string> => {
    const now = Math.floor(deps.clock() / 1000)
    const { request, persona } = grant
    const payload = {
      ...baseClaims(issuer, grant, now),
      ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
      ...acrClaim(request.acr, switches.acr),
      ...(switches.authTime === 'on' ? { auth_time: now } : {}),
      ...claimsFor(persona, switches, request.scopes, request.claims).idToken,
    }
    return deps.issueToken(payload, recipient, deps.faults.take('token', TOKEN_FAULTS)?.kind)
  }

  router.post('/v2/token', async ctx => {
    ctx.set('cache-control', 'no-store')
    const form = await readForm(ctx.req)
    if (form.get('grant_type') !== 'authorization_code')
      return refuse(ctx, 'invalid_request', 'grant_type must be authorization_code')
    const authenticated = await deps.authenticate(form)
    if ('problem' in authenticated) return refuse(ctx, 'unauthorized_client', authenticated.problem)

    const code = form.get('code') ?? ''
    const grant = grants.redeemCode(code)
    if (grant === undefined) return refuse(ctx, 'invalid_grant', 'code is unknown, expired or used')
    const { request } = grant
    if (request.client.clientId !== authenticated.client.clientId)
      return refuse(ctx, 'invalid_grant', 'code is of another client')
    if (request.redirectUri !== form.get('redirect_uri')) return refuse(ctx, 'invalid_grant', 'redirect_uri differs')
    if (!proves(form.get('code_verifier'), request.challenge))
      return refuse(ctx, 'invalid_grant', 'code_verifier does not fit')

    const recipient = await deps.clientKeys.encryptionKey(request.client)
    if (recipient === undefined) return refuse(ctx, 'invalid_client', 'the client publishes no encryption key')
    ctx.body = {
      access_token: grants.issueAccess(code, { ...grant, recipient }),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_SECONDS,
      id_token: await idToken(grant, recipient),
    }
  })

  return router
}
