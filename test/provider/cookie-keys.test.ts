import { createHmac } from 'node:crypto'
import { createCookieKeys } from '#src/provider/cookie-keys.ts'

const OLD = 'an older synthetic secret of enough characters'
const NEW = 'a newer synthetic secret of enough characters'
const DATA = 'pias_sid=value'

describe('createCookieKeys', () => {
  test('signs with HMAC-SHA-256 under the newest secret, safe for a cookie', () => {
    const expected = createHmac('sha256', NEW).update(DATA).digest('base64url')
    expect(createCookieKeys([NEW, OLD]).sign(DATA)).toBe(expected)
    expect(expected).toMatch(/^[\w-]{43}$/)
  })

  test('still takes what an older secret signed, and tells which one did', () => {
    const keys = createCookieKeys([NEW, OLD])
    const old = createCookieKeys([OLD]).sign(DATA)
    expect([keys.verify(DATA, old), keys.index(DATA, old), keys.index(DATA, keys.sign(DATA))]).toEqual([true, 1, 0])
    expect(createCookieKeys([NEW]).verify(DATA, old)).toBe(false)
  })

  test('takes nothing else: other data, a changed, short, long or empty signature', () => {
    const keys = createCookieKeys([NEW, OLD])
    const right = keys.sign(DATA)
    const flipped = `${right.startsWith('A') ? 'B' : 'A'}${right.slice(1)}`
    for (const wrong of [flipped, right.slice(0, -2), `${right}AA`, '', 'é', 'x'.repeat(10_000)]) {
      expect([wrong.slice(0, 50), keys.verify(DATA, wrong)]).toEqual([wrong.slice(0, 50), false])
    }
    expect(keys.verify(`${DATA}x`, right)).toBe(false)
  })

  test('without a secret signs nothing', () => {
    expect(() => createCookieKeys([]).sign(DATA)).toThrow('no cookie key')
  })
})
