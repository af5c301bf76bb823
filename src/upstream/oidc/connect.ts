import { authorizationCodeGrant, buildAuthorizationUrl, fetchUserInfo } from 'openid-client'
import type { IdentityClaims } from '#src/kernel/identity.ts'
import { type Clock, epochSeconds, type Logger } from '#src/kernel/runtime.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { Connection } from '#src/upstream/openid/connection.ts'
import { toLegError } from '#src/upstream/openid/leg-errors.ts'
import { createLegSecrets, readHandoff } from '#src/upstream/openid/leg-secrets.ts'
import type { UpstreamIdp } from '#src/upstream/port.ts'
import { withinTime } from '#src/upstream/transport/time-limit.ts'
import { authorizationParameters } from './authorization-request.ts'
import { completeClaims, suffices, toIdentityClaims } from './claims.ts'
import { openClientAuthentication } from './client-authentication.ts'
import type { OidcConfig } from './config.ts'
import { createOidcConnection, type OidcDeps } from './connection.ts'
import { authenticationOf, checkDated, checkIdToken, type IdTokenClaims } from './id-token.ts'

/**
 * Any standard OpenID provider as an upstream: authorization code with PKCE and nonce, client authentication by secret or
 * key, claims from the ID token and from userinfo. Reads the metadata with the first leg, not before, and keeps it.
 * @see OIDC Core 3.1; RFC 9700
 */
const createOidc = (deps: OidcDeps): UpstreamIdp => {
  const { config, clock } = deps
  const connection = createOidcConnection(deps)

  const begin: UpstreamIdp['begin'] = async input => {
    const { client } = await withinTime(config.timeouts.totalMs, connection())
    const { challenge, ...handoff } = createLegSecrets()
    const parameters = authorizationParameters(config, { ...input, nonce: handoff.nonce, challenge })
    const dated = input.maxAge === undefined ? {} : { mustBeDated: true }
    return { redirectTo: buildAuthorizationUrl(client, parameters).href, handoff: { ...handoff, ...dated } }
  }

  const claimsOf = async (
    { client, hasUserinfo }: Connection,
    accessToken: string,
    idToken: IdTokenClaims,
  ): Promise<IdentityClaims> => {
    const claims = toIdentityClaims(idToken, config.verified)
    const wanted = config.userinfo === 'always' || (config.userinfo === 'if-needed' && !suffices(claims))
    if (!wanted || !hasUserinfo) return claims
    // The library compares the subjects (OIDC Core 5.3.2).
    const userinfo = await fetchUserInfo(client, accessToken, idToken.sub)
    return completeClaims(claims, toIdentityClaims(userinfo, config.verified))
  }

  const exchange: UpstreamIdp['complete'] = async ({ callback, state, callbackUrl, handoff }) => {
    const { nonce, codeVerifier, mustBeDated } = readHandoff(handoff)
    const connected = await connection()
    // The registered address, whatever host the request seemed to come in on.
    const answer = new URL(callbackUrl)
    answer.search = callback.search
    const tokens = await authorizationCodeGrant(connected.client, answer, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    })
    const idToken = tokens.claims() as IdTokenClaims
    checkIdToken(config, idToken, tokens.access_token, epochSeconds(clock))
    if (mustBeDated) checkDated(idToken)
    return {
      upstream: config.id,
      assurance: config.verified.identity ? 'verified' : 'asserted',
      ...authenticationOf(config, idToken),
      claims: await claimsOf(connected, tokens.access_token, idToken),
    }
  }

  const complete: UpstreamIdp['complete'] = async input => {
    try {
      return await withinTime(config.timeouts.totalMs, exchange(input))
    } catch (error) {
      throw toLegError(error)
    }
  }

  return { id: config.id, begin, complete }
}

/**
 * An OpenID provider by configuration: its secret read or its key found or made, nothing asked of it yet.
 * @throws PiasError `config.unreadable` or `config.invalid` for a secret file that is not one
 */
export const openOidc = async (
  config: OidcConfig,
  deps: { keys: KeysPort; clock: Clock; logger: Logger; fetch?: typeof globalThis.fetch },
) => {
  const { keys, ...rest } = deps
  const authentication = await openClientAuthentication(config, keys)
  const { publicJwks } = authentication
  return {
    idp: createOidc({ ...rest, config, authentication }),
    ...(publicJwks === undefined ? {} : { publicJwks }),
  }
}
