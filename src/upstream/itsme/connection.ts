import { modifyAssertion, PrivateKeyJwt } from 'openid-client'
import {
  type Connection,
  type ConnectionEnvironment,
  createConnection,
  keepDocument,
  MINUTE_MS,
} from '#src/upstream/openid/connection.ts'
import type { ItsmeConfig } from './config.ts'
import { type EncryptionKey, importEncryptionKey } from './encryption-key.ts'
import type { ItsmeKeys } from './keys.ts'
import { createTokenOpener } from './tokens/nested-token.ts'
import { createUnwrapAnswer } from './tokens/unwrap-answer.ts'

/** What talking to itsme needs. */
export type ItsmeConnectionDeps = ConnectionEnvironment & { readonly config: ItsmeConfig; readonly keys: ItsmeKeys }

/** The library's client for itsme, and the key that request objects are encrypted to. */
export type ItsmeConnection = Pick<Connection, 'client'> & { readonly encryptionKey: () => Promise<EncryptionKey> }

/**
 * Gives the connection to itsme: RS256 only, tokens decrypted on the way, and a client assertion addressed to the token
 * URL, where the library would address the issuer.
 * @returns a function that throws PiasError `upstream.unavailable`: at once while the circuit breaker is open
 */
export const createItsmeConnection = (deps: ItsmeConnectionDeps): (() => Promise<ItsmeConnection>) => {
  const { config, keys } = deps
  const openToken = createTokenOpener({
    keys: keys.decryption,
    allowed: config.allowedEncryption,
    maxBytes: config.maxTokenBytes,
  })
  const connection = createConnection({
    ...deps,
    signatures: { id_token_signed_response_alg: 'RS256', userinfo_signed_response_alg: 'RS256' },
    authenticate:
      tokenEndpoint =>
      (...call) => {
        const options = {
          [modifyAssertion]: (_header: unknown, payload: { aud?: unknown }) => {
            payload.aud = tokenEndpoint
          },
        }
        // With every call, because the key changes while the connection stays.
        return PrivateKeyJwt(keys.signing(), options)(...call)
      },
    needsUserinfo: true,
    unwrap: createUnwrapAnswer(openToken),
  })

  const withEncryptionKey = ({ client, jwks }: Connection): ItsmeConnection => ({
    client,
    encryptionKey: keepDocument(deps, {
      name: 'encryption key',
      freshMs: 5 * MINUTE_MS,
      load: async () => importEncryptionKey(await jwks()),
    }),
  })

  let current: { readonly of: Connection; readonly itsme: ItsmeConnection } | undefined
  return async () => {
    const connected = await connection()
    if (current?.of !== connected) current = { of: connected, itsme: withEncryptionKey(connected) }
    return current.itsme
  }
}
