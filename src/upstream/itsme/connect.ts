import { authorizationCodeGrant, buildAuthorizationUrl, type Configuration, fetchUserInfo } from 'openid-client'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import { type Clock, epochSeconds, type Logger } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { createLegSecrets, readHandoff } from '#src/upstream/openid/leg-secrets.ts'
import type { UpstreamIdp } from '#src/upstream/port.ts'
import { upstreamUrls } from '#src/upstream/public-urls.ts'
import { withinTime } from '#src/upstream/transport/time-limit.ts'
import { authorizationParameters } from './authorization/authorization-request.ts'
import { createRequestForm } from './authorization/request-form.ts'
import { createRequestObject } from './authorization/request-object.ts'
import { createRequestObjectShelf, type RequestObjectShelf } from './authorization/request-object-shelf.ts'
import type { ItsmeConfig } from './config.ts'
import { createItsmeConnection, type ItsmeConnectionDeps } from './connection.ts'
import { toItsmeError } from './errors.ts'
import { createItsmeKeys } from './keys.ts'
import { suffices, toIdentityClaims, toSignals } from './tokens/claims.ts'
import { authenticationOf, checkIdToken, checkUserinfo, type IdTokenClaims } from './tokens/verified-claims.ts'

/** What itsme as an upstream needs; request objects by reference wait on the shelf. */
export type ItsmeDeps = ItsmeConnectionDeps & { readonly shelf: Pick<RequestObjectShelf, 'put'> }

/** What the ID token tells, completed at userinfo where it tells too little. */
const personOf = async (
  { config, clock }: Pick<ItsmeDeps, 'config' | 'clock'>,
  client: Configuration,
  accessToken: string,
  idToken: IdTokenClaims,
): Promise<Pick<VerifiedIdentity, 'claims' | 'signals'>> => {
  const options = { nationalNumber: config.nationalNumber !== undefined }
  const claims = toIdentityClaims(idToken, options)
  if (suffices(claims)) return { claims, ...toSignals(idToken) }
  const userinfo = await fetchUserInfo(client, accessToken, idToken.sub)
  checkUserinfo(config, userinfo, epochSeconds(clock))
  return { claims: { ...toIdentityClaims(userinfo, options), ...claims }, ...toSignals({ ...userinfo, ...idToken }) }
}

/**
 * itsme as an upstream: authorization code with PKCE, private_key_jwt, nested tokens. Reads itsme's metadata with the
 * first leg, not before, and keeps it.
 * @see docs/itsme.md; OIDC Core 3.1
 */
export const createItsme = (deps: ItsmeDeps): UpstreamIdp => {
  const { config, clock } = deps
  const connection = createItsmeConnection(deps)
  const toRequest = createRequestForm({
    mode: config.requestObject,
    createObject: createRequestObject({ config, signing: deps.keys.signing, clock }),
    shelf: deps.shelf,
  })

  const depart: UpstreamIdp['begin'] = async input => {
    const { client, encryptionKey } = await connection()
    const { challenge, ...handoff } = createLegSecrets()
    const parameters = authorizationParameters(config, { ...input, nonce: handoff.nonce, challenge })
    const query = await toRequest(input.purpose, parameters, encryptionKey)
    return { redirectTo: buildAuthorizationUrl(client, query).href, handoff }
  }

  const exchange: UpstreamIdp['complete'] = async ({ callback, state, callbackUrl, handoff }) => {
    const { nonce, codeVerifier } = readHandoff(handoff)
    const { client } = await connection()
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
      assurance: 'verified' as const,
      ...authenticationOf(config, idToken),
      ...(await personOf(deps, client, tokens.access_token, idToken)),
    }
  }

  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await withinTime(config.timeouts.totalMs, work)
    } catch (error) {
      throw toItsmeError(error)
    }
  }

  return { id: config.id, begin: input => inTime(depart(input)), complete: input => inTime(exchange(input)) }
}

/** Who decided on the national number, and on what ground, is in the log of every start. */
const recordNationalNumber = (config: ItsmeConfig, logger: Logger): void => {
  if (config.nationalNumber === undefined) return
  logger.info({ upstream: config.id, ...config.nationalNumber }, 'the national number is requested')
}

/**
 * itsme by configuration: its keys found or made, nothing asked of itsme yet.
 * @param deps.keys where the keys are kept, under `upstream.<id>.keys`
 * @param deps.rotateKeysEveryMs how long one of them is in use
 * @param deps.artifacts where request objects wait for itsme to fetch them
 * @param deps.issuer PIAS's own, under which itsme fetches them
 */
export const openItsme = async (
  config: ItsmeConfig,
  deps: {
    keys: KeysPort
    rotateKeysEveryMs: number
    artifacts: Pick<ArtifactsPort, 'upsert' | 'find' | 'consume'>
    issuer: string
    clock: Clock
    logger: Logger
    fetch?: typeof globalThis.fetch
  },
) => {
  const { artifacts, issuer, keys: store, rotateKeysEveryMs, ...rest } = deps
  recordNationalNumber(config, deps.logger)
  const keys = await createItsmeKeys({
    keys: store,
    clock: deps.clock,
    upstream: config.id,
    everyMs: rotateKeysEveryMs,
  })
  const shelf = createRequestObjectShelf({ artifacts, prefix: upstreamUrls(issuer, config.id).requestPrefix })
  return {
    idp: createItsme({ ...rest, config, keys, shelf }),
    publicJwks: keys.publicJwks,
    keyRing: keys.ring,
    ...(config.requestObject === 'request_uri' ? { takeRequestObject: shelf.take } : {}),
  }
}
