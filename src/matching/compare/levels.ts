/**
 * Agreement levels per field. A union of names, not numbers: what a level is worth is the model's affair, and differs per
 * rival (model.ts). Within each list the levels go from full agreement to contradiction; `missing` says nothing.
 */

/**
 * `exact` the call name (the first register name); `other` another register name; `nickname` a known short or translated
 * form; `misspelling` one slip away and no name anybody bears, or a compound that lost its hyphen; `partial` a part of a compound ("Jean" of "Jean-Pierre");
 * `initial` only the letter; `similar` close, but a name of its own: a sibling until proven otherwise.
 */
export const FIRST_NAME_LEVELS = [
  'exact',
  'other',
  'nickname',
  'misspelling',
  'partial',
  'initial',
  'missing',
  'similar',
  'differ',
] as const
export type FirstNameLevel = (typeof FIRST_NAME_LEVELS)[number]

/** `part`: one name of a double name, or the name without its particles; `misspelling`: a slip or a cut-off. */
export const FAMILY_NAME_LEVELS = ['exact', 'part', 'misspelling', 'missing', 'differ'] as const
export type FamilyNameLevel = (typeof FAMILY_NAME_LEVELS)[number]

/** `swapped`: day and month exchanged; `typo`: one digit off, or the day before or after; `year`: only the year is known on one side. */
export const BIRTH_DATE_LEVELS = ['exact', 'swapped', 'typo', 'year', 'missing', 'differ'] as const
export type BirthDateLevel = (typeof BIRTH_DATE_LEVELS)[number]

/**
 * `slip`: one digit or letter off; nobody's possession, yet no chance either. `generic`: equal, but seen with so many
 * holders that it says nothing of a person.
 */
export const CONTACT_LEVELS = ['exact', 'slip', 'generic', 'missing', 'differ'] as const
export type ContactLevel = (typeof CONTACT_LEVELS)[number]

/** `full`: same house, boxes not contradicting; `house`: same house, another box; `street`; `place`: same postal code. */
export const ADDRESS_LEVELS = ['full', 'house', 'street', 'place', 'missing', 'differ'] as const
export type AddressLevel = (typeof ADDRESS_LEVELS)[number]

export const NATIONAL_NUMBER_LEVELS = ['exact', 'missing', 'differ'] as const
export type NationalNumberLevel = (typeof NATIONAL_NUMBER_LEVELS)[number]

/** How an identity and a record agree, field by field. */
export type Comparison = {
  readonly firstName: FirstNameLevel
  readonly familyName: FamilyNameLevel
  readonly birthDate: BirthDateLevel
  readonly email: ContactLevel
  readonly mobile: ContactLevel
  readonly landline: ContactLevel
  readonly address: AddressLevel
  readonly nationalNumber: NationalNumberLevel
}

/** The part of a comparison that tells whether two people are tied to each other, whoever they are. */
export type TieLevels = Pick<Comparison, 'email' | 'mobile' | 'landline' | 'address'>

export type Field = keyof Comparison
