import fc from 'fast-check'
import { phoneticCode } from '#src/matching/phonetic.ts'
import { editDistance, jaroWinkler } from '#src/matching/strings.ts'

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 8 })

/** Optimal string alignment written as its recurrence: slow, and plainly right. */
const slowDistance = (a: string, b: string): number => {
  if (a === '' || b === '') return a.length + b.length
  const [restA, restB] = [a.slice(1), b.slice(1)]
  const swapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]
  return Math.min(
    slowDistance(restA, b) + 1,
    slowDistance(a, restB) + 1,
    slowDistance(restA, restB) + (a[0] === b[0] ? 0 : 1),
    swapped ? slowDistance(a.slice(2), b.slice(2)) + 1 : Number.POSITIVE_INFINITY,
  )
}

describe('editDistance', () => {
  test.each([
    ['peeters', 'peeters', 0],
    ['peeters', 'peters', 1],
    ['peeters', 'peetesr', 1],
    ['abcd', 'efgh', 3],
    ['a', 'abcdef', 3],
  ])('%s and %s, bounded by 2: %i', (a, b, distance) => expect(editDistance(a, b, 2)).toBe(distance))

  test('agrees with the definition up to the bound', () => {
    const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
    fc.assert(
      fc.property(short, short, fc.integer({ min: 0, max: 4 }), (a, b, bound) => {
        expect(editDistance(a, b, bound)).toBe(Math.min(slowDistance(a, b), bound + 1))
      }),
    )
  })

  test('is that of what is left when both words lose what they begin and end with alike', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 })
    fc.assert(
      fc.property(part, part, part, part, fc.integer({ min: 0, max: 4 }), (start, a, b, end, bound) => {
        expect(editDistance(start + a + end, start + b + end, bound)).toBe(Math.min(slowDistance(a, b), bound + 1))
      }),
    )
  })

  test('is symmetric', () => {
    fc.assert(fc.property(word, word, (a, b) => editDistance(a, b, 3) === editDistance(b, a, 3)))
  })
})

describe('jaroWinkler', () => {
  // Winkler 1990, table of examples.
  test.each([
    ['martha', 'marhta', 0.961],
    ['dwayne', 'duane', 0.84],
    ['dixon', 'dicksonx', 0.813],
    ['abc', 'xyz', 0],
    ['', 'a', 0],
    ['same', 'same', 1],
  ])('%s and %s: %d', (a, b, similarity) => expect(jaroWinkler(a, b)).toBeCloseTo(similarity, 3))

  test('is symmetric and within 0 and 1', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const similarity = jaroWinkler(a, b)
        return similarity === jaroWinkler(b, a) && similarity >= 0 && similarity <= 1
      }),
    )
  })
})

describe('phoneticCode', () => {
  test.each([
    ['declercq', 'deklerk'],
    ['cools', 'kools'],
    ['moreau', 'moro'],
    ['philips', 'filips'],
    ['devries', 'defries'],
    ['meijer', 'meyer'],
    ['boudt', 'bout'],
  ])('%s sounds like %s', (a, b) => expect(phoneticCode(a)).toBe(phoneticCode(b)))

  test('a name of vowels is its first letter', () => expect(phoneticCode('ooi')).toBe('o'))
})
