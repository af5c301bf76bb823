import { compactDecrypt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import type { Client } from '../options.ts'
import type { ClientKeys } from './client-keys.ts'
import type { ProviderKeys } from './provider-keys.ts'

/** Members of a request object that are about the object and not parameters of the request. */
const ENVELOPE = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub'])

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/**
 * Opens a request object (RFC 9101): signed by the partner with RS256, then encrypted to the simulator, whose key is
 * named; `iss` the client id, `aud` the issuer.
 * @returns the parameters in it
 * @throws Error with the reason
 */
export const createRequestObjectReader =
  (deps: { keys: ProviderKeys; clientKeys: ClientKeys; issuer: string; clock: () => number }) =>
  async (client: Client, request: string): Promise<Map<string, string>> => {
    const { key, kid: recipient } = deps.keys.encryption()
    if (request.split('.').length !== 5) throw new Error('request must be signed, then encrypted')
    const header = decodeProtectedHeader(request)
    if (header.kid !== recipient) throw new Error('the kid of the request is not that of the encryption key')
    if (header.cty !== 'JWT') throw new Error('the cty of the request must be JWT')
    const { plaintext } = await compactDecrypt(request, key, {
      keyManagementAlgorithms: ['RSA-OAEP-256'],
      contentEncryptionAlgorithms: ['A128CBC-HS256', 'A256GCM'],
    })
    const jws = Buffer.from(plaintext).toString()
    const { kid = '' } = decodeProtectedHeader(jws)
    const jwk = await deps.clientKeys.signingKey(client, kid)
    if (jwk === undefined) throw new Error('request is signed with a key that is not published')
    const { payload } = await jwtVerify(jws, await importJWK(jwk, 'RS256'), {
      algorithms: ['RS256'],
      issuer: client.clientId,
      audience: deps.issuer,
      currentDate: new Date(deps.clock()),
    })
    const parameters = Object.entries(payload).filter(([name]) => !ENVELOPE.has(name))
    return new Map(parameters.map(([name, value]) => [name, asText(value)]))
  }
