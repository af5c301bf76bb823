import { isFapiAlg, isShortRsaKey } from './algorithms.ts'

/** The fields that the rules look at, as the schema of client files gives them; one that is wrong is left out. */
type Fields = {
  readonly token_endpoint_auth_method?: string | undefined
  readonly token_endpoint_auth_signing_alg?: string | undefined
  readonly id_token_signed_response_alg?: string | undefined
  readonly userinfo_signed_response_alg?: string | undefined
  readonly request_object_signing_alg?: string | undefined
  readonly grant_types?: readonly string[] | undefined
  readonly response_types?: readonly string[] | undefined
  readonly response_modes?: readonly string[] | undefined
  readonly redirect_uris?: readonly string[] | undefined
  readonly jwks?: { readonly keys: readonly { readonly kty: string }[] } | undefined
  readonly require_pushed_authorization_requests?: boolean | undefined
  readonly dpop_bound_access_tokens?: boolean | undefined
  readonly pias_pkce_required?: boolean | undefined
}

const GRANTS = new Set(['authorization_code', 'refresh_token', 'client_credentials'])
const SIGNING_FIELDS = [
  'token_endpoint_auth_signing_alg',
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'request_object_signing_alg',
] as const

/**
 * What a client file of the FAPI 2.0 Security Profile may not say (5.3.2, 5.4.1), field by field. What the profile demands
 * and a file need not repeat is in `FAPI2_FIELDS`.
 */
export const checkFapi2 = (client: Fields, fail: (field: string, message: string, index?: number) => void): void => {
  const refuse = (field: keyof Fields, message: string) => fail(field, `with pias_profile fapi2 ${message}`)
  if ((client.token_endpoint_auth_method ?? 'private_key_jwt') !== 'private_key_jwt') {
    refuse('token_endpoint_auth_method', 'must be private_key_jwt')
  }
  for (const field of SIGNING_FIELDS) {
    if (client[field] !== undefined && !isFapiAlg(client[field])) refuse(field, 'must be ES256, PS256 or EdDSA')
  }
  if (client.grant_types?.some(grant => !GRANTS.has(grant))) {
    refuse('grant_types', 'may be authorization_code, refresh_token or client_credentials')
  }
  if (client.response_types?.some(type => type !== 'code')) refuse('response_types', 'must be code')
  if (client.response_modes?.some(mode => mode !== 'query')) refuse('response_modes', 'must be query')
  if (client.pias_pkce_required === false) refuse('pias_pkce_required', 'must not be false')
  if (client.require_pushed_authorization_requests === false) {
    refuse('require_pushed_authorization_requests', 'must not be false')
  }
  if (client.dpop_bound_access_tokens === false) refuse('dpop_bound_access_tokens', 'must not be false')
  if (client.jwks?.keys.some(isShortRsaKey)) refuse('jwks', 'must hold RSA keys of 2048 bits or more')
}

/** What the profile makes of a client, whatever its file leaves out: pushed requests, tokens bound to a key. */
export const FAPI2_FIELDS = { require_pushed_authorization_requests: true, dpop_bound_access_tokens: true } as const
