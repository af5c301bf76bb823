import type { ClientMetadata as ProviderClient } from 'oidc-provider'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'

/** PIAS's own client fields that oidc-provider carries along without understanding them. */
export const EXTRA_CLIENT_FIELDS = ['pias_default_locale', 'pias_help_uri']

/**
 * A relying party's file as oidc-provider wants it. Answers go back in the query only: with `form_post` and `fragment`
 * left out, a browser never auto-submits a page of the library's (security.md, B).
 */
export const toProviderClient = (client: ClientMetadata): ProviderClient =>
  ({ ...client, response_modes: ['query'] }) as ProviderClient
