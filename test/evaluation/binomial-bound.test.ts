import { upperBound } from '#src/evaluation/binomial-bound.ts'

describe('upperBound', () => {
  // Without events the bound has a closed form: 1 - 0.05^(1/n).
  test.each([1, 20, 38_612, 1_000_000])('0 of %d', trials => {
    expect(upperBound(0, trials)).toBeCloseTo(1 - 0.05 ** (1 / trials), 12)
  })

  // Quantiles of the beta distribution B(k + 1, n - k), as tables of Clopper and Pearson give them.
  test.each([
    [1, 10, 0.394163],
    [5, 10, 0.777559],
    [2, 459_596, 1.369838e-5],
  ])('%d of %d', (events, trials, bound) => {
    expect(upperBound(events, trials) / bound).toBeCloseTo(1, 4)
  })

  test('is 1 where nothing is known, or nothing was right', () => {
    expect(upperBound(0, 0)).toBe(1)
    expect(upperBound(3, 3)).toBe(1)
  })

  test('grows with the certainty asked for', () => {
    expect(upperBound(1, 100, 0.99)).toBeGreaterThan(upperBound(1, 100, 0.95))
  })
})
