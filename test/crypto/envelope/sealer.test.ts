import { randomBytes } from 'node:crypto'
import { BLIND_INDEXES, createBlindIndexes } from '#src/crypto/envelope/blind-index.ts'
import { createDailySealer } from '#src/crypto/envelope/daily-sealer.ts'
import { NONCE_BYTES, nextNonce } from '#src/crypto/envelope/nonces.ts'
import { createSealer, KEY_BYTES } from '#src/crypto/envelope/sealer.ts'

const DAY_MS = 24 * 3600 * 1000
const CONTEXT = ['accounts', 'claims', 'a', 1]
const key = randomBytes(KEY_BYTES)

describe('a sealer', () => {
  const sealer = createSealer(key)

  test.each(['', 'Zoë Peeters-李', 'é'.repeat(100_000)])('opens what it sealed', text => {
    const sealed = sealer.seal(CONTEXT, text)
    expect(sealed).toMatch(/^[\w-]+$/)
    expect(sealer.open(CONTEXT, sealed)).toBe(text)
  })

  test('never seals one text twice the same', () => {
    const sealed = Array.from({ length: 2000 }, () => sealer.seal(CONTEXT, 'text'))
    expect(new Set(sealed).size).toBe(sealed.length)
    expect(new Set(sealed.map(text => text.slice(0, 16))).size).toBe(sealed.length)
  })

  test.each([
    [['accounts', 'claims', 'b', 1]],
    [['accounts', 'claims', 'a', 2]],
    [['accounts', 'claims', 'a', '1']],
    [['accounts', 'claims', 'a']],
    [['accounts', 'claims,a', 1]],
    [['customer_links', 'claims', 'a', 1]],
  ])('does not open at another place: %j', context => {
    const sealed = sealer.seal(CONTEXT, 'text')
    expect(() => sealer.open(context, sealed)).toThrow(expect.objectContaining({ code: 'server.failed' }))
  })

  test('does not open what was changed in any bit, cut, or sealed with another key', () => {
    const bytes = Buffer.from(sealer.seal(CONTEXT, 'text'), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(() => sealer.open(CONTEXT, changed.toString('base64url'))).toThrow('does not open')
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(() => sealer.open(CONTEXT, bytes.subarray(0, length).toString('base64url'))).toThrow('does not open')
    }
    const other = createSealer(randomBytes(KEY_BYTES))
    expect(() => other.open(CONTEXT, bytes.toString('base64url'))).toThrow('does not open')
  })

  test('says nothing of the text or the key when it fails', () => {
    const sealed = sealer.seal(CONTEXT, 'Lotte')
    const error = (() => {
      try {
        return sealer.open(['elsewhere'], sealed)
      } catch (error) {
        return error as Error
      }
    })()
    expect(JSON.stringify([error, (error as Error).message])).not.toMatch(/Lotte|accounts|elsewhere/)
  })
})

test('nonces are of the right length and none is given out twice', () => {
  const nonces = Array.from({ length: 5000 }, nextNonce)
  expect(nonces.every(nonce => nonce.length === NONCE_BYTES)).toBe(true)
  expect(new Set(nonces.map(nonce => nonce.toString('hex'))).size).toBe(nonces.length)
})

describe('a sealer of the day', () => {
  let now = Date.parse('2036-11-22T23:59:59Z')
  const sealer = createDailySealer(key, () => now)

  test('opens what it sealed on other days, and another one does too', () => {
    const texts = Array.from({ length: 60 }, (_, day) => {
      now += DAY_MS
      return [String(day), sealer.seal(CONTEXT, String(day))] as const
    })
    const other = createDailySealer(key, () => 0)
    for (const [text, sealed] of texts) {
      expect(sealer.open(CONTEXT, sealed)).toBe(text)
      expect(other.open(CONTEXT, sealed)).toBe(text)
    }
  })

  test('uses another key on another day', () => {
    const [, sealed] = sealer.seal(CONTEXT, 'text').split('.')
    now += DAY_MS
    const [tomorrow] = sealer.seal(CONTEXT, 'text').split('.')
    expect(() => sealer.open(CONTEXT, `${tomorrow}.${sealed}`)).toThrow('does not open')
  })

  test.each(['', '.', 'abc', 'abc.def'])('does not open %j', text => {
    expect(() => sealer.open(CONTEXT, text)).toThrow('does not open')
  })
})

describe('blind indexes', () => {
  const indexes = createBlindIndexes(key)

  test('the same text has the same token, in one index and under one key only', () => {
    expect(createBlindIndexes(key).identity('text')).toBe(indexes.identity('text'))
    expect(indexes.identity('text')).not.toBe(indexes.identity('Text'))
    const tokens = [
      ...BLIND_INDEXES.map(name => indexes[name]('text')),
      createBlindIndexes(randomBytes(KEY_BYTES)).identity('text'),
    ]
    expect(new Set(tokens).size).toBe(tokens.length)
    expect(tokens.every(token => /^[\w-]{22}$/.test(token))).toBe(true)
  })
})
