import type { ClientMetadata as ProviderClient } from 'oidc-provider'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'

import { CLAIMS_BY_SCOPE } from './claims.ts'

/** PIAS's own client fields that oidc-provider carries along without understanding them. */
export const EXTRA_CLIENT_FIELDS = [
  'pias_access_token_format',
  'pias_default_locale',
  'pias_help_uri',
  'pias_app_uri',
  'pias_first_party',
  'pias_implicit',
  'pias_lifetimes',
  'pias_minimum_acr',
  'pias_origins',
  'pias_pkce_required',
  'pias_profile',
  'pias_response_modes',
  'pias_scope',
  'pias_sector',
  'pias_single_sign_on',
]

/**
 * The library takes only scopes that it knows, which are those of people; what an app may ask of APIs is looked up
 * where an API is named (apis/resource-servers.ts).
 */
const scopesOf = (scope: string | undefined): { scope?: string; pias_scope?: string } => {
  if (scope === undefined) return {}
  const known = scope.split(' ').filter(name => name === 'offline_access' || name in CLAIMS_BY_SCOPE)
  return { pias_scope: scope, ...(known.length === 0 ? {} : { scope: known.join(' ') }) }
}

/**
 * A relying party's file as oidc-provider wants it. `initiate_login_uri` goes as `pias_app_uri`: the library does
 * nothing with it but refuse http, which we allow on loopback. `response_modes` are ours to check (extra-parameters.ts),
 * for the library would name the wrong error for a response type that nobody supports.
 */
export const toProviderClient = ({
  initiate_login_uri: appUri,
  response_modes: responseModes,
  scope,
  ...client
}: ClientMetadata): ProviderClient =>
  ({
    ...client,
    pias_response_modes: [...responseModes, ...(client.pias_implicit ? ['fragment'] : [])],
    // Never fetched: the library wants to derive the sector from an address, PIAS has it by name (subjects.ts).
    ...(client.pias_sector === undefined
      ? {}
      : { sector_identifier_uri: `https://${client.pias_sector}.sector.invalid/` }),
    ...scopesOf(scope),
    ...(appUri === undefined ? {} : { pias_app_uri: appUri }),
  }) as ProviderClient
