import { createBoundedCache } from '#src/kernel/bounded-cache.ts'

describe('a bounded cache', () => {
  test('forgets what was not used for longest', () => {
    const cache = createBoundedCache<string, number>({ max: 2 })
    cache.set('a', 1)
    cache.set('b', 2)
    expect(cache.get('a')).toBe(1)
    cache.set('c', 3)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
    cache.delete('a')
    expect(cache.get('a')).toBeUndefined()
  })

  test('forgets what is too old, however often it is used', async () => {
    const cache = createBoundedCache<string, number>({ max: 2, maxAgeMs: 30 })
    cache.set('a', 1)
    expect(cache.get('a')).toBe(1)
    const ends = performance.now() + 30
    while (performance.now() < ends) await new Promise(setImmediate)
    expect(cache.get('a')).toBeUndefined()
  })
})
