import { importJWK, type JWK } from 'jose'
import * as oidc from 'openid-client'

/** How an app is known to its OpenID provider. */
export type ProviderOptions = { readonly issuer: string; readonly clientId: string; readonly privateJwk?: JWK }

/** Everything openid-client needs to talk to the provider. */
export type Configure = () => Promise<oidc.Configuration>

/** Seconds before a silent provider counts as down. */
const TIMEOUT = 5

/** By a key (RFC 7523), or not at all for an app that everybody can take apart. */
const authentication = async (key: JWK | undefined): Promise<oidc.ClientAuth> => {
  if (key === undefined) return oidc.None()
  const imported = (await importJWK(key, 'ES256')) as CryptoKey
  return oidc.PrivateKeyJwt(key.kid === undefined ? imported : { key: imported, kid: key.kid })
}

/**
 * What is known of the provider. Discovery waits for the first login, because the provider may start later, and is tried
 * again after a failure; no login waits for another. Rejects with openid-client's own errors.
 */
export const createProviderConnection = ({ issuer, clientId, privateJwk }: ProviderOptions): Configure => {
  let configuration: Promise<oidc.Configuration> | undefined

  const discover = async () =>
    oidc.discovery(new URL(issuer), clientId, undefined, await authentication(privateJwk), {
      timeout: TIMEOUT,
      execute: [
        oidc.enableNonRepudiationChecks,
        // Plain HTTP is for a provider on this very machine; openid-client refuses it unless told.
        ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
      ],
    })

  return () => {
    configuration ??= discover().catch(error => {
      configuration = undefined
      throw error
    })
    return configuration
  }
}
