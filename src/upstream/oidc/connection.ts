import { type Connection, type ConnectionEnvironment, createConnection } from '#src/upstream/openid/connection.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import type { OidcConfig } from './config.ts'

/** What talking to an OpenID provider needs. */
export type OidcDeps = ConnectionEnvironment & {
  readonly config: OidcConfig
  readonly authentication: ClientAuthentication
}

/**
 * Gives the connection to an OpenID provider as it is configured.
 * @returns a function that throws PiasError `upstream.unavailable`: at once while the circuit breaker is open
 */
export const createOidcConnection = ({ authentication, ...deps }: OidcDeps): (() => Promise<Connection>) =>
  createConnection({
    ...deps,
    signatures: { id_token_signed_response_alg: deps.config.idTokenAlg },
    authenticate: authentication.authenticate,
    needsUserinfo: false,
  })
