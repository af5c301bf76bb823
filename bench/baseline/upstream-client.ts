// FROZEN (see README.md): never to be optimised or changed.
import * as oidc from 'openid-client'
import type { BaselineKey } from './keys.ts'

/** What must be remembered while the browser is upstream. */
export type UpstreamLeg = { readonly nonce: string; readonly verifier: string }

const REQUESTED = ['given_name', 'family_name', 'birthdate', 'email', 'phone_number', 'address']

/** Creates the relying party of the upstream: private_key_jwt, PKCE, nested ID tokens decrypted and verified. */
export const createUpstreamClient = async (deps: {
  issuer: string
  clientId: string
  redirectUri: string
  signing: BaselineKey
  encryption: BaselineKey
}) => {
  const { signing, encryption } = deps
  const authentication = oidc.PrivateKeyJwt(
    { key: signing.privateKey, kid: signing.kid },
    {
      [oidc.modifyAssertion]: (_header, payload) => {
        payload.aud = configuration.serverMetadata().token_endpoint ?? ''
      },
    },
  )
  const configuration = await oidc.discovery(new URL(deps.issuer), deps.clientId, {}, authentication, {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  })
  const decryption = { key: encryption.privateKey, kid: encryption.kid, alg: 'RSA-OAEP-256' }
  oidc.enableDecryptingResponses(configuration, ['A128CBC-HS256'], decryption)

  const begin = async (state: string): Promise<{ redirectTo: string; leg: UpstreamLeg }> => {
    const nonce = oidc.randomNonce()
    const verifier = oidc.randomPKCECodeVerifier()
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: deps.redirectUri,
      scope: 'openid profile email phone address',
      claims: JSON.stringify({ id_token: Object.fromEntries(REQUESTED.map(name => [name, null])) }),
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return { redirectTo: url.href, leg: { nonce, verifier } }
  }

  const complete = async (callback: URL, state: string, leg: UpstreamLeg): Promise<oidc.IDToken> => {
    const tokens = await oidc.authorizationCodeGrant(configuration, callback, {
      expectedState: state,
      expectedNonce: leg.nonce,
      pkceCodeVerifier: leg.verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims) throw new Error('the upstream sent no ID token')
    return claims
  }

  return { begin, complete }
}
