import { CompactEncrypt, CompactSign, importJWK, type JWK } from 'jose'
import type { TokenFault } from '../faults/faults.ts'
import type { Switches } from '../options.ts'
import type { NamedKey, ProviderKeys } from './provider-keys.ts'

type Payload = Readonly<Record<string, unknown>>

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const sign = (payload: Payload, { kid, key }: NamedKey): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key)

/** Changes the signature's first character, which changes bits of the signature and not only its padding. */
const spoil = (jws: string): string => {
  const at = jws.lastIndexOf('.') + 1
  return jws.slice(0, at) + (jws[at] === 'A' ? 'B' : 'A') + jws.slice(at + 1)
}

/** The same payload with one thing wrong that is not about its envelope. */
const WRONG_PAYLOADS: { readonly [fault in TokenFault]?: (payload: Payload, now: number) => Payload } = {
  'wrong-issuer': payload => ({ ...payload, iss: `${payload.iss}/other` }),
  'wrong-audience': payload => ({ ...payload, aud: 'SOMEBODY_ELSE' }),
  'two-audiences': payload => ({ ...payload, aud: [payload.aud, 'SOMEBODY_ELSE'], azp: payload.aud }),
  'wrong-nonce': payload => ({ ...payload, nonce: 'of-another-login' }),
  'wrong-subject': payload => ({ ...payload, sub: `${String(payload.sub).slice(0, 35)}${'-'}` }),
  expired: (payload, now) => ({ ...payload, iat: now - 1200, exp: now - 900 }),
  future: (payload, now) => ({ ...payload, iat: now + 900, exp: now + 1200 }),
  'no-expiry': ({ exp: _exp, ...payload }) => payload,
  oversized: payload => ({ ...payload, padding: 'x'.repeat(32_768) }),
}

/**
 * Issues itsme's tokens: a JWT signed with RS256 inside a JWE to the partner's key (RFC 7519, A.2), or, on demand,
 * something that only looks like it.
 */
export const createTokenIssuer = (deps: { keys: ProviderKeys; switches: Switches; clock: () => number }) => {
  const { keys, switches, clock } = deps

  const encrypt = async (content: string, jwk: JWK): Promise<string> => {
    const { use: _use, alg: _alg, key_ops: _ops, ...bare } = jwk
    return new CompactEncrypt(Buffer.from(content))
      .setProtectedHeader({
        alg: switches.encryptionAlg,
        enc: switches.encryptionEnc,
        cty: 'JWT',
        typ: 'JWT',
        ...(switches.jweKid === 'on' && jwk.kid !== undefined ? { kid: jwk.kid } : {}),
      })
      .encrypt(await importJWK(bare, switches.encryptionAlg))
  }

  const signed = (payload: Payload, fault: TokenFault | undefined): Promise<string> => {
    if (fault === 'unknown-key') return sign(payload, keys.stranger())
    const signing = keys.signing()
    return fault === 'bad-signature' ? sign(payload, signing).then(spoil) : sign(payload, signing)
  }

  return async (payload: Payload, recipient: JWK, fault: TokenFault | undefined): Promise<string> => {
    if (switches.keyRotation === 'each-token') await keys.rotate()
    const alter = fault === undefined ? undefined : WRONG_PAYLOADS[fault]
    const content = alter?.(payload, Math.floor(clock() / 1000)) ?? payload
    if (fault === 'plain-json') return JSON.stringify(content)
    if (fault === 'json-in-jwe') return encrypt(JSON.stringify(content), recipient)
    if (fault === 'alg-none') return encrypt(`${encode({ alg: 'none', typ: 'JWT' })}.${encode(content)}.`, recipient)
    const jws = await signed(content, fault)
    return fault === 'not-encrypted' ? jws : encrypt(jws, recipient)
  }
}

export type IssueToken = ReturnType<typeof createTokenIssuer>
