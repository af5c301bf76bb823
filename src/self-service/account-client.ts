import { createHash, randomBytes } from 'node:crypto'
import { OWN_CLIENT_IDS } from '#src/clients/built-in-clients.ts'
import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'

/** The self-service pages as an app of PIAS's own: a login for them passes whatever a login for any app passes. */
export const ACCOUNT_CLIENT_ID = OWN_CLIENT_IDS.account

/** Where `/account` lives, and where its login ends. */
export const ACCOUNT_PATH = '/account'

/**
 * The client of the self-service pages. Its codes are never redeemed: the pages work in the session that the login
 * leaves behind.
 */
export const accountClient = (issuer: string): ClientMetadata =>
  clientMetadataSchema.parse({
    client_id: ACCOUNT_CLIENT_ID,
    client_name: 'PIAS',
    token_endpoint_auth_method: 'none',
    redirect_uris: [`${issuer}${ACCOUNT_PATH}/callback`],
    scope: 'openid',
    pias_first_party: true,
  })

/**
 * Makes the address where a login for these pages begins. The PKCE verifier is thrown away, so that nobody can redeem the
 * code that comes of it.
 */
export const createAuthorizationUrl =
  (issuer: string) =>
  (parameters: Readonly<Record<string, string>>): string => {
    const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url')
    const query = new URLSearchParams({
      client_id: ACCOUNT_CLIENT_ID,
      redirect_uri: `${issuer}${ACCOUNT_PATH}/callback`,
      response_type: 'code',
      scope: 'openid',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...parameters,
    })
    return `${issuer}/auth?${query}`
  }
