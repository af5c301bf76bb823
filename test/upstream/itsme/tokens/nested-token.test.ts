import { deflateRawSync } from 'node:zlib'
import { CompactEncrypt, importJWK, type JWK } from 'jose'
import { PiasError } from '#src/kernel/errors.ts'
import type { ItsmeKeys } from '#src/upstream/itsme/keys.ts'
import { createTokenOpener } from '#src/upstream/itsme/tokens/nested-token.ts'
import { failureOf, testKeys } from '#test/upstream/itsme/support.ts'

const JWS = 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln'
const HEADER = { alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT' }

let old: ItsmeKeys
let current: ItsmeKeys
beforeAll(async () => {
  old = await testKeys()
  current = await testKeys()
})

const opener = (maxBytes = 16_384) =>
  createTokenOpener({
    keys: () => [...current.decryption(), ...old.decryption()],
    allowed: { alg: ['RSA-OAEP-256', 'RSA-OAEP'], enc: ['A128CBC-HS256', 'A256GCM'] },
    maxBytes,
  })

const encrypt = async (
  keys: ItsmeKeys,
  content: string | Uint8Array,
  header: Record<string, string>,
): Promise<string> => {
  const jwk = keys.publicJwks().keys.find(({ use }) => use === 'enc') as JWK
  const { alg: _alg, use: _use, ...bare } = jwk
  const key = await importJWK(bare, header.alg)
  return new CompactEncrypt(Buffer.from(content)).setProtectedHeader(header as typeof HEADER).encrypt(key)
}

describe('createTokenOpener', () => {
  test.each([
    ['the newest key, by its id', () => current, () => current.decryption()[0]?.kid],
    ['an older key, by its id', () => old, () => old.decryption()[0]?.kid],
    ['the newest key, unnamed', () => current, () => undefined],
    ['an older key, unnamed', () => old, () => undefined],
  ])('opens what is encrypted to %s', async (_which, keys, kidOf) => {
    const kid = kidOf()
    const token = await encrypt(keys(), JWS, { ...HEADER, ...(kid === undefined ? {} : { kid }) })
    expect(await opener()(token)).toBe(JWS)
  })

  test.each([
    ['in an algorithm of another kind', { ...HEADER, alg: 'RSA-OAEP-512' }, JWS],
    ['with a content encryption that is not allowed', { ...HEADER, enc: 'A256CBC-HS512' }, JWS],
    ['that does not say it holds a JWT', { alg: HEADER.alg, enc: HEADER.enc }, JWS],
    ['for a key id nobody has', { ...HEADER, kid: 'other' }, JWS],
    ['that holds another JWE', HEADER, 'a.b.c.d.e'],
    ['that is compressed', { ...HEADER, zip: 'DEF' }, deflateRawSync('x'.repeat(200_000))],
  ])('refuses a token %s', async (_what, header, content) => {
    const token = await encrypt(current, content, header)
    expect(await failureOf(opener()(token))).toMatchObject({ code: 'upstream.invalid_response' })
  })

  test.each(['', 'a.b.c', 'a.b.c.d', 'a.b.c.d.e', '....', `${JWS}.a.b`])('refuses "%s"', async token => {
    expect(await failureOf(opener()(token))).toBeInstanceOf(PiasError)
  })

  test('refuses a token one byte above the limit, whatever it holds', async () => {
    const token = await encrypt(current, JWS, HEADER)
    expect(await opener(token.length)(token)).toBe(JWS)
    expect(await failureOf(opener(token.length - 1)(token))).toMatchObject({ detail: 'token is too large' })
  })

  test('refuses a token in which one character is changed, with one and the same reason', async () => {
    const token = await encrypt(current, JWS, HEADER)
    const reasons = new Set<unknown>()
    for (const part of [1, 2, 3, 4]) {
      const parts = token.split('.')
      const text = parts[part] ?? ''
      parts[part] = (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
      reasons.add(((await failureOf(opener()(parts.join('.')))) as PiasError).detail)
    }
    expect([...reasons]).toEqual(['token cannot be decrypted'])
  })
})
