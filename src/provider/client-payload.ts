import type { ClientMetadata as ProviderClient } from 'oidc-provider'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'

/** PIAS's own client fields that oidc-provider carries along without understanding them. */
export const EXTRA_CLIENT_FIELDS = [
  'pias_default_locale',
  'pias_help_uri',
  'pias_app_uri',
  'pias_minimum_acr',
  'pias_sector',
  'pias_single_sign_on',
]

/**
 * A relying party's file as oidc-provider wants it. `initiate_login_uri` goes as `pias_app_uri`: the library does
 * nothing with it but refuse http, which we allow on loopback.
 */
export const toProviderClient = ({ initiate_login_uri: appUri, scope, ...client }: ClientMetadata): ProviderClient =>
  ({
    ...client,
    // Never fetched: the library wants to derive the sector from an address, PIAS has it by name (pairwise.ts).
    ...(client.pias_sector === undefined
      ? {}
      : { sector_identifier_uri: `https://${client.pias_sector}.sector.invalid/` }),
    ...(scope === undefined ? {} : { scope }),
    ...(appUri === undefined ? {} : { pias_app_uri: appUri }),
  }) as ProviderClient
