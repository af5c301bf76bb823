import { randomBytes } from 'node:crypto'
import type { Middleware } from 'koa'
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { unreadableFormats } from '#src/clients/access-token-format.ts'
import type { ApiMetadata } from '#src/clients/api-metadata.ts'
import { type ClientMetadata, usesSecret } from '#src/clients/client-metadata.ts'
import { makeSecret } from '#src/clients/client-secrets.ts'
import { toProviderClient } from '#src/provider/client-payload.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { ClientsPort } from '#src/store/ports/clients.ts'
import { type RegistrationPolicy, registerClient } from './register-client.ts'
import type { RegisteredClients, Registrations } from './registered-clients.ts'

const ROUTES = new Set(['registration', 'client', 'client_update'])

type Policies = Readonly<Record<string, RegistrationPolicy>>
type Deps = {
  registrations: Registrations
  registered: Pick<RegisteredClients, 'find'>
  apis: () => readonly ApiMetadata[]
}

/** Whether the request of this moment makes or changes a client. */
export const isRegistering = (): boolean => ['registration', 'client_update'].includes(Provider.ctx?.oidc.route ?? '')

/**
 * Holds a client whose tokens an admin made opaque to what admins are held to (clients/check-surroundings.ts): the scope is
 * the client's to say, so it is the field that is wrong. What else surrounds a client it cannot say.
 */
const requireReadable = (metadata: ClientMetadata, apis: readonly ApiMetadata[]): void => {
  const [unreadable] = unreadableFormats(metadata, apis)
  if (unreadable !== undefined) throw new errors.InvalidClientMetadata(`scope ${unreadable.message}`)
}

/** Makes of the request, in place, what oidc-provider shall make a client of. */
const applyPolicy =
  (policy: RegistrationPolicy, { registrations, registered, apis }: Deps) =>
  async (ctx: KoaContextWithOIDC, properties: Record<string, unknown>): Promise<void> => {
    // Known to the library where a client changes itself.
    const before = ctx.oidc.client && (await registered.find(ctx.oidc.client.clientId))
    const metadata = registerClient(properties, policy, before?.metadata)
    requireReadable(metadata, apis())
    const { client_id_issued_at: issuedAt, client_secret: secret, client_secret_expires_at: expiresAt } = properties
    for (const field of Object.keys(properties)) delete properties[field]
    Object.assign(properties, toProviderClient(metadata), { client_id_issued_at: issuedAt })
    if (usesSecret(metadata)) Object.assign(properties, { client_secret: secret, client_secret_expires_at: expiresAt })
    registrations.set(ctx, { ...registrations.get(ctx), before, metadata })
  }

/**
 * Dynamic registration (RFC 7591) and its management (RFC 7592) for whoever holds an initial access token, within the
 * policy that the token names. Without policies there is none.
 */
export const createRegistration = (policies: Policies, deps: Deps) => {
  const names = Object.keys(policies)
  if (names.length === 0) return {}
  return {
    registration: {
      enabled: true,
      initialAccessToken: true,
      issueRegistrationAccessToken: true,
      idFactory: () => randomBytes(16).toString('base64url'),
      secretFactory: ctx => {
        const { secret } = makeSecret(Date.now)
        deps.registrations.set(ctx, { ...deps.registrations.get(ctx), secret })
        return secret
      },
      policies: Object.fromEntries(names.map(name => [name, applyPolicy(policies[name] as RegistrationPolicy, deps)])),
    },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
  } satisfies NonNullable<Configuration['features']>
}

/** Answers with RFC 7591 metadata: our own fields under the names that clients know, no secret but one that was made now. */
export const createAnswerRegistration =
  (deps: { clients: Pick<ClientsPort, 'find'>; registrations: Registrations }): Middleware =>
  async (ctx, next) => {
    await next()
    const { oidc } = ctx as KoaContextWithOIDC
    if (!ROUTES.has(oidc?.route ?? '') || ctx.status >= 300) return
    const { client_secret: _placeholder, ...body } = ctx.body as Record<string, unknown>
    // Made from the sector that an admin gave (client-payload.ts), and nothing the client may say.
    if (body.pias_sector !== undefined) delete body.sector_identifier_uri
    const secret = deps.registrations.get(ctx as KoaContextWithOIDC)?.secret
    const stored = await deps.clients.find(`${body.client_id}`).catch(asUnavailable)
    const needsSecret = `${body.token_endpoint_auth_method}`.startsWith('client_secret_')
    ctx.body = {
      ...Object.fromEntries(Object.entries(body).filter(([field]) => !field.startsWith('pias_'))),
      client_id_issued_at: Math.floor((stored?.createdAt ?? 0) / 1000),
      ...(needsSecret && { client_secret_expires_at: 0 }),
      ...(secret !== undefined && { client_secret: secret }),
      ...(body.pias_scope !== undefined && { scope: body.pias_scope }),
      ...(body.pias_app_uri !== undefined && { initiate_login_uri: body.pias_app_uri }),
      response_modes: body.pias_response_modes,
    }
  }

/**
 * Makes a token whose policy is gone from the configuration good for nothing, where oidc-provider would fail.
 * @throws InvalidToken
 */
export const requirePolicies = (provider: Provider, policies: Policies): void => {
  for (const model of [provider.InitialAccessToken, provider.RegistrationAccessToken]) {
    const tokens = model as unknown as {
      adapter: { find(id: string): Promise<{ policies?: readonly string[] } | undefined> }
      find(value: string): Promise<unknown>
    }
    const find = tokens.find.bind(tokens)
    tokens.find = async value => {
      const stored = await tokens.adapter.find(value)
      const isKnown = stored?.policies?.length && stored.policies.every(name => name in policies)
      if (!isKnown) throw new errors.InvalidToken('token not found')
      return find(value)
    }
  }
}
