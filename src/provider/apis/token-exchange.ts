import type { JSONWebKeySet } from 'jose'
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { ApiMetadata } from '#src/clients/api-metadata.ts'
import type { IsStillValid } from '#src/provider/find-account.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { type FindApi, toResourceServer } from './resource-servers.ts'
import { createReadSubjectToken, type SubjectToken } from './subject-token.ts'
import type { TokenClaims } from './token-claims.ts'

/** The grant type of RFC 8693. */
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const TOKEN_TYPES = new Set([ACCESS_TOKEN, 'urn:ietf:params:oauth:token-type:jwt'])

const PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'resource',
  'audience',
  'scope',
  'actor_token',
  'actor_token_type',
]

type Parameters = { readonly [name: string]: string | undefined }

/** RFC 8693, 2.2.2: whatever is wrong with the token is `invalid_request`, and it is not told what. */
const refuseToken = (): never => {
  throw new errors.InvalidRequest('subject_token is not an access token for an API of this client')
}

const checkParameters = (params: Parameters): { subjectToken: string; target: string } => {
  const refuse = (description: string): never => {
    throw new errors.InvalidRequest(description)
  }
  const { subject_token: subjectToken, resource, audience } = params
  if (subjectToken === undefined) return refuse("missing required parameter(s) 'subject_token'")
  if (!TOKEN_TYPES.has(params.subject_token_type ?? '')) return refuse('subject_token_type must be an access token')
  if (!TOKEN_TYPES.has(params.requested_token_type ?? ACCESS_TOKEN))
    return refuse('requested_token_type must be an access token')
  if (params.actor_token !== undefined) return refuse('actor_token is not supported: the client is who acts')
  const target = resource ?? audience
  if (target === undefined || (audience !== undefined && audience !== target)) throw new errors.InvalidTarget()
  return { subjectToken, target }
}

/** Which scopes of the API one that calls it for a person may have. @throws InvalidTarget, InvalidScope */
const scopesFor = (api: ApiMetadata | undefined, caller: string, asked: string | undefined): string[] => {
  const rule = api?.exchanges.find(({ audience }) => audience === caller)
  if (rule === undefined) throw new errors.InvalidTarget()
  const scopes = asked?.split(' ') ?? rule.scopes
  const foreign = scopes.find(scope => !rule.scopes.includes(scope))
  if (foreign !== undefined) throw new errors.InvalidScope('requested scope is not allowed', foreign)
  return scopes
}

type Deps = {
  issuer: string
  jwks: JSONWebKeySet
  findApi: FindApi
  accounts: Pick<AccountsPort, 'find'>
  isStillValid: IsStillValid
  lifetime: number
  setActor: TokenClaims['setActor']
}

/**
 * Lets an API call another for the person it was called for (RFC 8693, delegation): it gives the token it was called with
 * and gets one for the other API. Only a client of the API the token is for may, only for APIs whose file says so, for
 * the scopes that stand there, and for no longer than the first token lives. The grant and the account are looked at
 * again, so that a person who logged out or took a consent back is not acted for. Data on health are
 * reached only where the person gave consent for that API.
 */
export const registerTokenExchange = (provider: Provider, deps: Deps): void => {
  const { findApi, accounts, isStillValid } = deps
  const readSubjectToken = createReadSubjectToken(deps.issuer, deps.jwks)

  /** The grant the token hangs on, while it and its account are good. */
  const grantOf = async (ctx: KoaContextWithOIDC, { grantId, clientId, scope, issuedAt }: SubjectToken) => {
    const grant = await provider.Grant.find(grantId)
    if (grant?.accountId === undefined) return refuseToken()
    ctx.oidc.entity('Grant', grant)
    const account = await accounts.find(grant.accountId as never).catch(asUnavailable)
    const good =
      account !== undefined && (await isStillValid(account, ctx, { grantId, clientId, scope, iat: issuedAt } as never))
    return good ? grant : refuseToken()
  }

  const exchange = async (ctx: KoaContextWithOIDC): Promise<void> => {
    const params = ctx.oidc.params as Parameters
    const client = ctx.oidc.client ?? refuseToken()
    const { subjectToken, target } = checkParameters(params)
    const subject = (await readSubjectToken(provider, subjectToken)) ?? refuseToken()
    const caller = findApi(subject.audience)
    if (caller?.clients.includes(client.clientId) !== true) return refuseToken()

    const api = findApi(target)
    const scopes = scopesFor(api, caller.audience, params.scope)
    const grant = await grantOf(ctx, subject)
    const agreed = new Set(grant.getResourceScope(target).split(' '))
    const needed = api?.scopes.find(
      ({ name, consent }) => consent === 'health' && scopes.includes(name) && !agreed.has(name),
    )
    if (api === undefined || needed !== undefined)
      throw new errors.InvalidScope('consent is needed', needed?.name ?? '')

    const left = subject.expiresAt - Math.floor(Date.now() / 1000)
    const token = new provider.AccessToken({
      accountId: `${grant.accountId}`,
      client,
      grantId: subject.grantId,
      gty: TOKEN_EXCHANGE,
      scope: scopes.join(' '),
    })
    const lifetime = Math.max(1, Math.min(deps.lifetime, left))
    const server = toResourceServer(api, { client, scopes, lifetime })
    token.resourceServer = new provider.ResourceServer(target, server)
    deps.setActor(token, { sub: client.clientId, ...(subject.act === undefined ? {} : { act: subject.act }) })
    ctx.oidc.entity('AccessToken', token)
    ctx.body = {
      access_token: await token.save(),
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: token.expiration,
      scope: token.scope,
    }
  }

  provider.registerGrantType(TOKEN_EXCHANGE, exchange, PARAMETERS)
}
