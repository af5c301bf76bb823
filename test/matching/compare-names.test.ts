import { compareNames } from '#src/matching/compare/names.ts'

/** Names as they are compared; all in the family field where the first names are left out. */
const names = (firstNames: readonly string[], ...familyNames: string[]) => ({
  firstNames,
  familyName: familyNames.join(''),
  familyNames,
})
const isRare = () => false

describe('names in one field', () => {
  const apart = names(['marie', 'anne'], 'peeters')
  const together = names([], 'marie', 'anne', 'peeters')

  test('are read in every way, and of several that agree the strongest counts', () => {
    const wholly = { firstName: 'exact', familyName: 'exact' }
    expect(compareNames(apart, together, isRare)).toEqual(wholly)
    expect(compareNames(together, apart, isRare)).toEqual(wholly)
    // The other way to read them, by itself: weaker, and it would do.
    expect(compareNames(apart, names(['marie'], 'anne', 'peeters'), isRare)).not.toEqual(wholly)
  })

  test('of somebody else do not agree', () => {
    expect(compareNames(names(['koen'], 'maes'), together, isRare)).toMatchObject({ firstName: 'missing' })
  })
})

describe('names in each other’s field', () => {
  const isMistyped = () => true
  const lotte = names(['lotte', 'marie'], 'peeters')
  const paula = names(['paula'], 'peeters')

  test.each([
    ['as they are', names(['peeters'], 'lotte'), { firstName: 'exact', familyName: 'exact' }],
    ['the call name mistyped', names(['peeters'], 'lottte'), { firstName: 'misspelling', familyName: 'exact' }],
    ['the surname mistyped', names(['peters'], 'lotte'), { firstName: 'misspelling', familyName: 'exact' }],
    ['an initial', names(['peeters'], 'l'), { firstName: 'initial', familyName: 'exact' }],
  ])('%s', (_, mixedUp, levels) => {
    expect(compareNames(lotte, mixedUp, isMistyped)).toEqual(levels)
    expect(compareNames(mixedUp, lotte, isMistyped)).toEqual(levels)
  })

  test('a twin whose name is a letter away is no misspelt surname', () => {
    const paul = names(['peeters'], 'paul')
    expect(compareNames(paula, paul, isRare)).toEqual({ firstName: 'differ', familyName: 'differ' })
    expect(compareNames(paul, paula, isRare)).toEqual({ firstName: 'differ', familyName: 'differ' })
  })
})
