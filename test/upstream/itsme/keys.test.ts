import { openItsmeKeyRing } from '#src/upstream/itsme/keys.ts'
import { memoryKeys } from '#test/support/memory-keys.ts'
import { testKeys } from './support.ts'

const HOUR_MS = 3_600_000

describe('createItsmeKeys', () => {
  test('publishes one signing and one encryption key, without their private halves', async () => {
    const keys = await testKeys()
    expect(keys.publicJwks().keys).toEqual([
      { kty: 'RSA', use: 'sig', alg: 'RS256', kid: keys.signing().kid, n: expect.any(String), e: 'AQAB' },
      { kty: 'RSA', use: 'enc', kid: keys.decryption()[0]?.kid, n: expect.any(String), e: 'AQAB' },
    ])
    expect(keys.signing().kid).not.toBe(keys.decryption()[0]?.kid)
    expect(keys.signing().key.extractable).toBe(false)
  })

  test('a new signing key is published 25 hours before it signs, a new encryption key decrypts before it is published', async () => {
    let now = Date.parse('2036-11-22T12:00:00Z')
    const clock = () => now
    const store = memoryKeys()
    const ring = openItsmeKeyRing({ keys: store, clock, upstream: 'itsme', everyMs: 90 * 24 * HOUR_MS })
    const keys = await testKeys({ keys: store, clock })
    const published = (use: string) =>
      keys.publicJwks().keys.flatMap(key => (key.use === use && key.kid !== undefined ? [key.kid] : []))
    const decrypting = () => keys.decryption().map(({ kid }) => kid)
    const before = { signing: keys.signing().kid, encryption: published('enc') }
    expect([published('sig'), decrypting()]).toEqual([[before.signing], before.encryption])

    expect(await ring.rotate()).toBe(true)
    await keys.ring.refresh()
    const [, next] = published('sig')
    const [, nextEncryption] = decrypting()
    expect([keys.signing().kid, published('enc')]).toEqual([before.signing, before.encryption])
    expect([next, nextEncryption]).toEqual([expect.any(String), expect.any(String)])

    now += 25 * HOUR_MS - 1
    expect([keys.signing().kid, published('enc')]).toEqual([before.signing, before.encryption])
    now += 1
    expect([keys.signing().kid, published('enc')]).toEqual([next, [nextEncryption]])
    expect(published('sig')).toEqual([before.signing, next])
    expect(decrypting()).toEqual([nextEncryption, ...before.encryption])

    now += 25 * HOUR_MS
    expect([published('sig'), decrypting()]).toEqual([[next], [nextEncryption]])
  })

  test('are the same after a restart, for nodes that start at once, and others for another upstream', async () => {
    const keys = memoryKeys()
    const [one, two] = await Promise.all([testKeys({ keys }), testKeys({ keys })])
    const later = await testKeys({ keys })
    expect(two.publicJwks()).toEqual(one.publicJwks())
    expect(later.publicJwks()).toEqual(one.publicJwks())
    const other = await testKeys({ keys, upstream: 'other' })
    expect(other.signing().kid).not.toBe(one.signing().kid)
  })
})
