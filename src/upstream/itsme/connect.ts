import { createHash, randomBytes } from 'node:crypto'
import { authorizationCodeGrant, buildAuthorizationUrl, type Configuration, fetchUserInfo } from 'openid-client'
import { PiasError } from '#src/kernel/errors.ts'
import type { IdentityClaims } from '#src/kernel/identity.ts'
import { type Clock, epochSeconds, type Json, type Logger } from '#src/kernel/runtime.ts'
import type { UpstreamIdp } from '#src/upstream/port.ts'
import { authorizationParameters } from './authorization-request.ts'
import { suffices, toIdentityClaims } from './claims.ts'
import type { ItsmeConfig } from './config.ts'
import { createConnection, type ItsmeDeps } from './connection.ts'
import { toUpstreamError } from './errors.ts'
import { createItsmeKeys } from './keys.ts'
import { authenticationOf, checkIdToken, type IdTokenClaims } from './verified-claims.ts'

const random = (): string => randomBytes(32).toString('base64url')

const readHandoff = (handoff: Json): { nonce: string; codeVerifier: string } => {
  const { nonce, codeVerifier } = (handoff ?? {}) as { nonce?: unknown; codeVerifier?: unknown }
  if (typeof nonce === 'string' && typeof codeVerifier === 'string') return { nonce, codeVerifier }
  throw new PiasError('upstream.invalid_response', 'the leg has no nonce or PKCE verifier')
}

/** Ends waiting, not the work: the calls inside have their own, shorter time. */
const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new PiasError('upstream.unavailable', `no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const claimsOf = async (
  client: Configuration,
  accessToken: string,
  idToken: IdTokenClaims,
): Promise<IdentityClaims> => {
  const claims = toIdentityClaims(idToken)
  if (suffices(claims)) return claims
  const userinfo = await fetchUserInfo(client, accessToken, idToken.sub)
  return { ...toIdentityClaims(userinfo), ...claims }
}

/**
 * itsme as an upstream: authorization code with PKCE, private_key_jwt, nested tokens. Reads itsme's metadata with the
 * first leg, not before, and keeps it.
 * @param deps.fetch for all calls; the built-in one by default
 * @see itsme.md; OIDC Core 3.1
 */
export const createItsme = (deps: ItsmeDeps): UpstreamIdp => {
  const { config, clock } = deps
  const connection = createConnection(deps)

  const begin: UpstreamIdp['begin'] = async input => {
    const client = await within(config.timeouts.totalMs, connection())
    const nonce = random()
    const codeVerifier = random()
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    const parameters = authorizationParameters(config, { ...input, nonce, challenge })
    return { redirectTo: buildAuthorizationUrl(client, parameters).href, handoff: { nonce, codeVerifier } }
  }

  const exchange: UpstreamIdp['complete'] = async ({ callback, state, callbackUrl, handoff }) => {
    const { nonce, codeVerifier } = readHandoff(handoff)
    const client = await connection()
    // The registered address, whatever host the request seemed to come in on.
    const answer = new URL(callbackUrl)
    answer.search = callback.search
    const tokens = await authorizationCodeGrant(client, answer, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    })
    const idToken = tokens.claims() as IdTokenClaims
    checkIdToken(config, idToken, epochSeconds(clock))
    return {
      upstream: config.id,
      ...authenticationOf(config, idToken),
      claims: await claimsOf(client, tokens.access_token, idToken),
    }
  }

  const complete: UpstreamIdp['complete'] = async input => {
    try {
      return await within(config.timeouts.totalMs, exchange(input))
    } catch (error) {
      throw toUpstreamError(error)
    }
  }

  return { id: config.id, begin, complete }
}

/**
 * itsme by configuration: its keys found or made, nothing asked of itsme yet.
 * @param deps.keys where the keys are kept, under `upstream.<id>`
 */
export const openItsme = async (
  config: ItsmeConfig,
  deps: {
    keys: Parameters<typeof createItsmeKeys>[0]
    clock: Clock
    logger: Logger
    fetch?: typeof globalThis.fetch
  },
) => {
  const keys = await createItsmeKeys(deps.keys, `upstream.${config.id}`)
  return { idp: createItsme({ ...deps, config, keys }), publicJwks: keys.publicJwks }
}
