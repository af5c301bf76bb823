import type { ClientMetadata as ProviderClient } from 'oidc-provider'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'

/** PIAS's own client fields that oidc-provider carries along without understanding them. */
export const EXTRA_CLIENT_FIELDS = ['pias_default_locale', 'pias_help_uri']

/** A relying party's file as oidc-provider wants it. */
export const toProviderClient = (client: ClientMetadata): ProviderClient => ({ ...client }) as ProviderClient
