import { KNOWN_SCOPES } from './claims.ts'

/** itsme's levels as `acr_values` spells them. */
export const ACR_BASIC = 'http://itsme.services/v2/claim/acr_basic'
export const ACR_ADVANCED = 'http://itsme.services/v2/claim/acr_advanced'

/** Languages itsme's pages speak. */
export const UI_LOCALES = ['fr', 'nl', 'de', 'en'] as const

const ENCRYPTION_ALGS = ['RSA-OAEP', 'RSA-OAEP-256']
const ENCRYPTION_ENCS = ['A128CBC-HS256', 'A256GCM']

/** The discovery document. The real one has not been seen; this follows what the vendor's pages say. */
export const discoveryDocument = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorization`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwkSet`,
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code'],
  subject_types_supported: ['pairwise'],
  scopes_supported: ['openid', ...KNOWN_SCOPES, 'service'],
  acr_values_supported: [ACR_BASIC, ACR_ADVANCED],
  id_token_signing_alg_values_supported: ['RS256'],
  id_token_encryption_alg_values_supported: ENCRYPTION_ALGS,
  id_token_encryption_enc_values_supported: ENCRYPTION_ENCS,
  userinfo_signing_alg_values_supported: ['RS256'],
  userinfo_encryption_alg_values_supported: ENCRYPTION_ALGS,
  userinfo_encryption_enc_values_supported: ENCRYPTION_ENCS,
  request_object_signing_alg_values_supported: ['RS256'],
  request_object_encryption_alg_values_supported: ENCRYPTION_ALGS,
  request_object_encryption_enc_values_supported: ENCRYPTION_ENCS,
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['RS256'],
  claims_parameter_supported: true,
  request_parameter_supported: true,
  request_uri_parameter_supported: true,
  require_request_uri_registration: true,
  ui_locales_supported: UI_LOCALES,
  display_values_supported: ['page'],
  code_challenge_methods_supported: ['S256'],
})
