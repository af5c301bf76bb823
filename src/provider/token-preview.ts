import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type Provider from 'oidc-provider'
import type { Client, KoaContextWithOIDC } from 'oidc-provider'
import { lifetimesOf, type TokenLifetimes } from '#src/clients/client-lifetimes.ts'
import { DEVICE_CODE } from '#src/clients/client-shape.ts'
import type { Acr } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import { type FindApi, toResourceServer } from './apis/resource-servers.ts'
import { createPresentAccount } from './find-account.ts'
import type { IdentityAssurances } from './verified-claims.ts'

type Claims = { readonly [claim: string]: unknown }

/** A login as it might be: what the app asks for, as whom, at which level. */
export type PreviewRequest = {
  readonly clientId: string
  readonly account: Account
  /** The records of an account that is made up; else those that the store has. */
  readonly records?: Awaited<ReturnType<AccountsPort['customersOf']>>
  /** What of the client's scope is asked for; all of it without. */
  readonly scope?: string
  /** The `claims` parameter (OIDC Core 5.5). */
  readonly claims?: { readonly userinfo?: object; readonly id_token?: object }
  /** An API to have an access token for (RFC 8707). */
  readonly resource?: string
  readonly acr: Acr
}

/** What the app would get, decoded and signed by nobody. An access token that is not for an API is opaque. */
export type TokenPreview = {
  readonly idToken: Claims
  readonly userinfo: Claims
  readonly accessToken: {
    readonly format: 'opaque' | 'jwt'
    readonly scope: string
    readonly expiresIn: number
    readonly claims?: Claims
  }
}

/** `no-client`: or one that people do not log in to. `no-api`: not there, or the client may not call it. */
export type PreviewRefusal = 'no-client' | 'no-api'

type ClaimsMask = { scope(value: string): unknown; mask(value: object): void; result(): Promise<Claims> }
type Internals = {
  readonly Claims: new (available: object, options: { ctx: unknown; client: Client }) => ClaimsMask
  readonly OIDCContext: new (ctx: unknown) => KoaContextWithOIDC['oidc']
  createContext(request: IncomingMessage, response: ServerResponse): KoaContextWithOIDC
}

const logsPeopleIn = ({ responseTypes, grantTypes }: Client): boolean =>
  Boolean(responseTypes?.length) || grantTypes?.includes(DEVICE_CODE) === true

/** The context of a request that nobody sends. */
const contextOf = (provider: Provider, client: Client, params: object): KoaContextWithOIDC => {
  const internals = provider as unknown as Internals
  const request = new IncomingMessage(new Socket())
  const ctx = internals.createContext(request, new ServerResponse(request))
  const oidc = new internals.OIDCContext(ctx)
  Object.assign(ctx, { oidc })
  Object.assign(oidc, { params })
  oidc.entity('Client', client)
  return ctx
}

/**
 * Makes what an app would get for an account, without a login, a consent, a code or anything that is stored or signed: the
 * claims pass the same masks as in a login (`conformIdTokenClaims`), and the subject is the one this app sees.
 * @param deps.upstreamOf what `amr` ends with; how the upstream would authenticate somebody nobody knows before
 */
export const createTokenPreview = (deps: {
  current: () => Provider
  accounts: Pick<AccountsPort, 'find' | 'customersOf'>
  assurances: IdentityAssurances
  findApi: FindApi
  upstreamOf: (clientId: string) => string
  /** Of all apps, in seconds. */
  lifetimes: TokenLifetimes
  clock: Clock
}) => {
  const { current, accounts, findApi, upstreamOf, lifetimes, clock } = deps

  const accessTokenOf = (client: Client, request: PreviewRequest, idToken: Claims) => {
    const { resource, scope } = request
    const lifetime = lifetimesOf(client, lifetimes).accessToken
    const allowed = `${client.pias_scope ?? client.scope ?? ''}`.split(' ')
    const asked = scope?.split(' ') ?? allowed
    if (resource === undefined) {
      const held = asked.filter(name => `${client.scope ?? ''}`.split(' ').includes(name))
      return { format: 'opaque' as const, scope: held.join(' '), expiresIn: lifetime }
    }
    const api = findApi(resource)
    const scopes = (api?.scopes ?? []).map(({ name }) => name).filter(name => allowed.includes(name))
    if (api === undefined || scopes.length === 0) return undefined
    const server = toResourceServer(api, { client, scopes, lifetime })
    const held = scopes.filter(name => asked.includes(name)).join(' ')
    const described = { format: server.accessTokenFormat, scope: held, expiresIn: server.accessTokenTTL }
    const { iss, sub, iat, acr, amr, auth_time: authTime } = idToken as { iat: number } & Claims
    const claims = {
      iss,
      sub,
      aud: resource,
      client_id: client.clientId,
      scope: held,
      iat,
      exp: iat + server.accessTokenTTL,
      acr,
      amr,
      auth_time: authTime,
    }
    return { ...described, claims }
  }

  return async (request: PreviewRequest): Promise<TokenPreview | PreviewRefusal> => {
    const provider = current()
    const client = await provider.Client.find(request.clientId)
    if (client === undefined || !logsPeopleIn(client)) return 'no-client'
    const { account, records, acr, claims = {} } = request
    const { Claims: Mask } = provider as unknown as Internals
    const ctx = contextOf(provider, client, { claims: JSON.stringify(claims) })
    const asked = new Set(request.scope?.split(' ') ?? `${client.scope ?? ''}`.split(' '))
    const scope = `${client.scope ?? ''}`
      .split(' ')
      .filter(name => asked.has(name))
      .join(' ')
    const grant = new provider.Grant({ accountId: account.id, clientId: client.clientId })
    grant.addOIDCScope(scope)
    grant.addOIDCClaims(Object.values(claims).flatMap(members => Object.keys(members ?? {})))
    ctx.oidc.entity('Grant', grant)
    const found = records === undefined ? accounts : { ...accounts, customersOf: async () => records }
    const presented = createPresentAccount({ ...deps, accounts: found })(ctx, account)
    ctx.oidc.entity('Account', presented)

    const now = Math.floor(clock() / 1000)
    const login = { acr, amr: [upstreamOf(client.clientId)], auth_time: now }
    const masked = async (use: 'id_token' | 'userinfo', within: string, members: object = {}): Promise<Claims> => {
      const told = await presented.claims(use, within, members as never, [])
      const available = use === 'id_token' ? { ...told, ...login } : told
      const mask = new Mask(available, { ctx, client })
      mask.scope(within)
      mask.mask(members)
      return mask.result()
    }

    const registered = {
      iss: provider.issuer,
      aud: client.clientId,
      iat: now,
      exp: now + lifetimesOf(client, lifetimes).idToken,
    }
    const idToken = { ...(await masked('id_token', 'openid', claims.id_token)), ...registered }
    const accessToken = accessTokenOf(client, request, idToken)
    if (accessToken === undefined) return 'no-api'
    return { idToken, userinfo: await masked('userinfo', scope, claims.userinfo), accessToken }
  }
}

/** Makes what an app would get. */
export type PreviewTokens = ReturnType<typeof createTokenPreview>
