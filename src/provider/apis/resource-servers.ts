import { errors, type ResourceServer } from 'oidc-provider'
import { accessTokenFormatOf } from '#src/clients/access-token-format.ts'
import type { ApiMetadata } from '#src/clients/api-metadata.ts'

/** Longest life of an access token that only its expiry ends, in seconds. */
const JWT_SECONDS = 300

/** Finds an API by its resource indicator. */
export type FindApi = (audience: string) => ApiMetadata | undefined

/** What the library has to know of an API for tokens of a client. `lifetime` of access tokens, in seconds. */
export const toResourceServer = (
  api: ApiMetadata,
  { client, scopes, lifetime }: { client: object; scopes: readonly string[]; lifetime: number },
) => {
  const format = accessTokenFormatOf(client, api)
  return {
    audience: api.audience,
    scope: scopes.join(' '),
    accessTokenFormat: format,
    accessTokenTTL: format === 'jwt' ? Math.min(JWT_SECONDS, lifetime) : lifetime,
    jwt: { sign: { alg: 'ES256' } },
  } satisfies ResourceServer
}

/**
 * Resource indicators (RFC 8707): tokens are for registered APIs, JSON web tokens (RFC 9068) or opaque as the API and the
 * client say, and hold no scope that the client's file does not name. Without an indicator a token is opaque and for
 * userinfo.
 */
export const createResourceIndicators = ({ findApi, lifetime }: { findApi: FindApi; lifetime: number }) => ({
  enabled: true,
  defaultResource: async () => undefined as never,
  useGrantedResource: async () => false,
  getResourceServerInfo: async (
    _ctx: unknown,
    resource: string,
    client: { readonly [field: string]: unknown },
  ): Promise<ResourceServer> => {
    const api = findApi(resource)
    const allowed = new Set(`${client.pias_scope ?? ''}`.split(' '))
    const scopes = (api?.scopes ?? []).map(({ name }) => name).filter(name => allowed.has(name))
    // The same for an API that is not there: a client learns of none that it may not call.
    if (api === undefined || scopes.length === 0) throw new errors.InvalidTarget()
    return toResourceServer(api, { client, scopes, lifetime })
  },
})
