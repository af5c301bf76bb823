import type { ApiMetadata } from '#src/clients/api-metadata.ts'
import type { ApiRegistry } from '#src/clients/api-registry.ts'
import { OWN_CLIENT_IDS } from '#src/clients/built-in-clients.ts'
import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'
import type { Acr } from '#src/kernel/identity.ts'

/** The client that admins log in with, and the scope their tokens have. */
export const ADMIN_CLIENT = OWN_CLIENT_IDS.admin
export const ADMIN_SCOPE = 'pias:admin'

/** The scope of a service line's system that sends changes of customer records. */
export const FEED_SCOPE = 'pias:customers'

const ADMIN_ACR: Acr = 'urn:pias:acr:advanced'

/**
 * The client that PIAS is of itself: a public one with PKCE, at the origin of the admin plane. Nobody logs in to it below
 * the highest level. A passkey lets in only where configuration says that it is as good as that: then admins get in while
 * their upstream is away (ADR 0072).
 * @param origin of the admin plane
 * @param passkeyAcr the level of a login by a passkey
 */
export const adminClient = (origin: string, passkeyAcr: Acr): ClientMetadata =>
  clientMetadataSchema.parse({
    client_id: ADMIN_CLIENT,
    client_name: 'PIAS administration',
    token_endpoint_auth_method: 'none',
    redirect_uris: [`${origin}/callback`],
    scope: `openid ${ADMIN_SCOPE}`,
    pias_first_party: true,
    pias_minimum_acr: ADMIN_ACR,
    pias_rollout: { passkey: passkeyAcr === ADMIN_ACR ? 'allow' : 'off' },
  })

const ADMIN_WORDS = { nl: 'PIAS beheren', fr: 'Administrer PIAS', de: 'PIAS verwalten', en: 'Administer PIAS' }
/** No person is asked: it is for machines. */
const FEED_WORDS = {
  nl: 'Klantgegevens bijwerken',
  fr: 'Mettre à jour les données clients',
  de: 'Kundendaten aktualisieren',
  en: 'Update customer records',
}

/** The admin API as tokens are issued for it: JSON web tokens that live five minutes. */
const adminApi = (origin: string): ApiMetadata => ({
  audience: origin,
  name: 'PIAS administration',
  scopes: [
    { name: ADMIN_SCOPE, description: ADMIN_WORDS, consent: 'by-client' },
    { name: FEED_SCOPE, description: FEED_WORDS, consent: 'by-client' },
  ],
  access_token_format: 'jwt',
  clients: [],
  exchanges: [],
})

/** The APIs with PIAS's own, which no file replaces. */
export const withAdminApi = (apis: ApiRegistry, origin: string): ApiRegistry => {
  const own = adminApi(origin)
  return { find: audience => (audience === origin ? own : apis.find(audience)), all: () => [...apis.all(), own] }
}
