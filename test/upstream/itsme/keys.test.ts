import { createItsmeKeys } from '#src/upstream/itsme/keys.ts'
import { memoryKeys } from './support.ts'

describe('createItsmeKeys', () => {
  test('publishes one signing and one encryption key, without their private halves', async () => {
    const keys = await createItsmeKeys(memoryKeys())
    const published = keys.publicJwks()
    expect(published.keys).toEqual([
      { kty: 'RSA', use: 'sig', alg: 'RS256', kid: keys.signing.kid, n: expect.any(String), e: 'AQAB' },
      { kty: 'RSA', use: 'enc', alg: 'RSA-OAEP-256', kid: keys.decryption[0]?.kid, n: expect.any(String), e: 'AQAB' },
    ])
    expect(keys.signing.kid).not.toBe(keys.decryption[0]?.kid)
    expect(keys.signing.key.extractable).toBe(false)
  })

  test('are the same after a restart, for nodes that start at once, and others under another name', async () => {
    const store = memoryKeys()
    const [one, two] = await Promise.all([createItsmeKeys(store), createItsmeKeys(store)])
    const later = await createItsmeKeys(store)
    expect(two.publicJwks()).toEqual(one.publicJwks())
    expect(later.publicJwks()).toEqual(one.publicJwks())
    const other = await createItsmeKeys(store, 'upstream.other')
    expect(other.signing.kid).not.toBe(one.signing.kid)
  })
})
