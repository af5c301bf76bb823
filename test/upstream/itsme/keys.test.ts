import { createItsmeKeys } from '#src/upstream/itsme/keys.ts'
import { memoryKeys } from '#test/support/memory-keys.ts'

const NAME = 'upstream.itsme'

describe('createItsmeKeys', () => {
  test('publishes one signing and one encryption key, without their private halves', async () => {
    const keys = await createItsmeKeys(memoryKeys())
    const published = keys.publicJwks()
    expect(published.keys).toEqual([
      { kty: 'RSA', use: 'sig', alg: 'RS256', kid: keys.signing.kid, n: expect.any(String), e: 'AQAB' },
      { kty: 'RSA', use: 'enc', kid: keys.decryption[0]?.kid, n: expect.any(String), e: 'AQAB' },
    ])
    expect(keys.signing.kid).not.toBe(keys.decryption[0]?.kid)
    expect(keys.signing.key.extractable).toBe(false)
  })

  test('publishes the newest encryption key alone, and still decrypts with the one it replaced', async () => {
    const [before, after] = [memoryKeys(), memoryKeys()]
    await Promise.all([createItsmeKeys(before), createItsmeKeys(after)])
    const [old, fresh] = await Promise.all(
      [before, after].map(async store => JSON.parse((await store.find(NAME)) ?? '')),
    )
    const rotated = memoryKeys()
    const encryption = [...fresh.encryption, ...old.encryption]
    await rotated.putIfAbsent(NAME, JSON.stringify({ signing: fresh.signing, encryption }))
    const keys = await createItsmeKeys(rotated)
    expect(keys.publicJwks().keys.map(({ kid }) => kid)).toEqual([fresh.signing[0].kid, fresh.encryption[0].kid])
    expect(keys.decryption.map(({ kid }) => kid)).toEqual([fresh.encryption[0].kid, old.encryption[0].kid])
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
