import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'

/** The self-service pages as an app of PIAS's own: a login for them passes whatever a login for any app passes. */
export const ACCOUNT_CLIENT_ID = 'pias-account'

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
