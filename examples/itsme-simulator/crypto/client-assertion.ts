import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { createExpiringMap } from '../expiring-map.ts'
import type { Client } from '../options.ts'
import type { ClientKeys } from './client-keys.ts'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Assertion ids are remembered for longer than any sensible assertion lives. */
const JTI_MS = 3600_000

type Authenticated = { readonly client: Client } | { readonly problem: string }

type AssertionDeps = {
  readonly findClient: (clientId: string) => Client | undefined
  readonly clientKeys: ClientKeys
  readonly tokenUrl: string
  readonly clock: () => number
}

const problem = (text: string): { problem: string } => ({ problem: text })

const claimedClient = (assertion: string): string | undefined => {
  try {
    return decodeJwt(assertion).sub
  } catch {
    return undefined
  }
}

/**
 * Checks a `private_key_jwt` client assertion as itsme demands it (RFC 7523, 3): RS256 with a published `kid`,
 * `iss` = `sub` = client id, `aud` the full token URL and nothing else, not expired, `jti` of at most 255 characters,
 * used once.
 */
export const createClientAuthentication = (deps: AssertionDeps) => {
  const seen = createExpiringMap<true>(deps.clock, JTI_MS)

  const verify = async (client: Client, assertion: string): Promise<Authenticated> => {
    const { alg, kid } = decodeProtectedHeader(assertion)
    if (alg !== 'RS256') return problem('client_assertion must be signed with RS256')
    if (typeof kid !== 'string') return problem('client_assertion needs a kid')
    const jwk = await deps.clientKeys.signingKey(client, kid)
    if (jwk === undefined) return problem('client_assertion is signed with a key that is not published')
    const { payload } = await jwtVerify(assertion, await importJWK(jwk, 'RS256'), {
      algorithms: ['RS256'],
      issuer: client.clientId,
      subject: client.clientId,
      requiredClaims: ['exp', 'jti'],
      currentDate: new Date(deps.clock()),
    })
    const audiences = [payload.aud].flat()
    if (audiences.length !== 1 || audiences[0] !== deps.tokenUrl) {
      return problem(`client_assertion aud must be ${deps.tokenUrl}`)
    }
    const { jti = '' } = payload
    if (jti.length === 0 || jti.length > 255) return problem('client_assertion jti must have 1 to 255 characters')
    const key = `${client.clientId} ${jti}`
    if (seen.find(key)) return problem('client_assertion was used before')
    seen.put(key, true)
    return { client }
  }

  return async (form: URLSearchParams): Promise<Authenticated> => {
    const assertion = form.get('client_assertion')
    if (form.get('client_assertion_type') !== ASSERTION_TYPE || assertion === null) {
      return problem('client_assertion is missing')
    }
    const clientId = claimedClient(assertion)
    const client = clientId === undefined ? undefined : deps.findClient(clientId)
    if (client === undefined) return problem('client_assertion names no known client')
    const named = form.get('client_id')
    if (named !== null && named !== client.clientId) return problem('client_id is not the one of the assertion')
    try {
      return await verify(client, assertion)
    } catch (error) {
      return problem(`client_assertion: ${(error as Error).message}`)
    }
  }
}
