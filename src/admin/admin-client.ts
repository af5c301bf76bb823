import type { ApiMetadata } from '#src/clients/api-metadata.ts'
import type { ApiRegistry } from '#src/clients/api-registry.ts'
import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'

/** The client that admins log in with, and the scope their tokens have. */
export const ADMIN_CLIENT = 'pias-admin'
export const ADMIN_SCOPE = 'pias:admin'

/**
 * The client that PIAS is of itself: a public one with PKCE, at the origin of the admin plane. Nobody logs in to it below
 * the highest level.
 * @param origin of the admin plane
 */
export const adminClient = (origin: string): ClientMetadata =>
  clientMetadataSchema.parse({
    client_id: ADMIN_CLIENT,
    client_name: 'PIAS administration',
    token_endpoint_auth_method: 'none',
    redirect_uris: [`${origin}/callback`],
    scope: `openid ${ADMIN_SCOPE}`,
    pias_first_party: true,
    pias_minimum_acr: 'urn:pias:acr:advanced',
  })

const WORDS = { nl: 'PIAS beheren', fr: 'Administrer PIAS', de: 'PIAS verwalten', en: 'Administer PIAS' }

/** The admin API as tokens are issued for it: JSON web tokens that live five minutes. */
const adminApi = (origin: string): ApiMetadata => ({
  audience: origin,
  name: 'PIAS administration',
  scopes: [{ name: ADMIN_SCOPE, description: WORDS, consent: 'by-client' }],
  access_token_format: 'jwt',
  clients: [],
  exchanges: [],
})

/** The APIs with PIAS's own, which no file replaces. */
export const withAdminApi = (apis: ApiRegistry, origin: string): ApiRegistry => {
  const own = adminApi(origin)
  return { find: audience => (audience === origin ? own : apis.find(audience)), all: () => [...apis.all(), own] }
}
