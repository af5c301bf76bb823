export type Language = 'nl' | 'fr' | 'de'
export type Gender = 'm' | 'f'

/** A place to live or work. `other` is the same address in the other language of a bilingual municipality. */
export type Address = {
  readonly street: string
  readonly number: string
  readonly box?: string
  readonly postalCode: string
  readonly locality: string
  readonly other?: { readonly street: string; readonly locality: string }
  /** Area code of landlines, without the leading zero. */
  readonly area: string
}

/** A synthetic person, as the identity card and the phone in their pocket would show them. */
export type Person = {
  /** Stands for the person in truths; never in a record. */
  readonly id: string
  readonly gender: Gender
  readonly language: Language
  /** In the order of the register. */
  readonly firstNames: readonly string[]
  readonly callName?: string
  readonly familyName: string
  /** The spouse's name, where the person goes by it at times. */
  readonly marriedName?: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
  readonly nationalNumber: string
  /** E.164. `formerMobile` was given back and may be somebody else's now. */
  readonly mobile?: string
  readonly formerMobile?: string
  readonly email?: string
  readonly formerEmail?: string
}

/** People under one roof, with what they share. */
export type Household = {
  readonly address: Address
  readonly formerAddress?: Address
  /** The year they moved to `address`. */
  readonly since: number
  readonly landline?: string
  readonly sharedEmail?: string
  readonly adults: readonly Person[]
  /** Children who may have a phone, 8 to 17 years old. */
  readonly minors: readonly Person[]
}

/** The year the synthetic present lies in: fixed, so that the same seed gives the same bytes for ever. */
export const PRESENT_YEAR = 2026

export const birthYearOf = (person: Person): number => Number(person.birthDate.slice(0, 4))
