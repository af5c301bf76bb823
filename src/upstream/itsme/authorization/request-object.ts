import { randomUUID } from 'node:crypto'
import { CompactEncrypt, type CryptoKey, SignJWT } from 'jose'
import { type Clock, epochSeconds } from '#src/kernel/runtime.ts'
import type { ItsmeConfig } from '#src/upstream/itsme/config.ts'
import type { AuthorizationParameters } from './authorization-request.ts'

/** How long a request may take to reach itsme, in seconds; its own action lasts three minutes. */
export const REQUEST_OBJECT_SECONDS = 300

type NamedKey = { readonly kid: string; readonly key: CryptoKey }

/**
 * Puts an authorization request into an object that nobody on the way can read or change: signed with PIAS's key, then
 * encrypted to itsme's (RFC 9101, 4 and 6). The audience is itsme's issuer.
 * @param recipient itsme's encryption key
 */
export const createRequestObject =
  (deps: { config: Pick<ItsmeConfig, 'clientId' | 'issuer'>; signing: () => NamedKey; clock: Clock }) =>
  async (parameters: AuthorizationParameters, recipient: NamedKey): Promise<string> => {
    const { config, clock } = deps
    const signing = deps.signing()
    const now = epochSeconds(clock)
    const jws = await new SignJWT({ ...parameters })
      .setProtectedHeader({ alg: 'RS256', kid: signing.kid })
      .setIssuer(config.clientId)
      .setAudience(config.issuer)
      .setIssuedAt(now)
      .setExpirationTime(now + REQUEST_OBJECT_SECONDS)
      .setJti(randomUUID())
      .sign(signing.key)
    return new CompactEncrypt(Buffer.from(jws))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT', kid: recipient.kid })
      .encrypt(recipient.key)
  }
