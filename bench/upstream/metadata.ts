import { ACR_BASIC } from './claims.ts'

/** The discovery document of the stand-in (OIDC Discovery 3), with what itsme is believed to say. */
export const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorization`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwkSet`,
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code'],
  subject_types_supported: ['pairwise'],
  scopes_supported: ['openid', 'profile', 'email', 'phone', 'address', 'service'],
  acr_values_supported: [ACR_BASIC, 'http://itsme.services/v2/claim/acr_advanced'],
  id_token_signing_alg_values_supported: ['RS256'],
  id_token_encryption_alg_values_supported: ['RSA-OAEP-256'],
  id_token_encryption_enc_values_supported: ['A128CBC-HS256'],
  userinfo_signing_alg_values_supported: ['RS256'],
  userinfo_encryption_alg_values_supported: ['RSA-OAEP-256'],
  userinfo_encryption_enc_values_supported: ['A128CBC-HS256'],
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['RS256'],
  claims_parameter_supported: true,
  code_challenge_methods_supported: ['S256'],
})
