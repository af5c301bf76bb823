export type Language = 'nl' | 'fr' | 'de'
export type Gender = 'm' | 'f'

/** What something was from a year on; entries in order of years, the last one holds today. */
export type History<T> = readonly { readonly from: number; readonly value: T }[]

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

/** What is special about a person from the day the family was drawn; a class of identities in the truth. */
export type Trait = 'twin' | 'junior' | 'senior' | 'divorced' | 'widowed' | 'helped'

/** A synthetic person, as the identity card, the phone in their pocket and their past would show them. */
export type Person = {
  /** Stands for the person in truths; never in a record. */
  readonly id: string
  readonly gender: Gender
  readonly language: Language
  /** In the order of the register. */
  readonly firstNames: readonly string[]
  readonly callName?: string
  readonly familyName: string
  /** The spouse's name, where the person goes by it at times, and while. */
  readonly marriedName?: { readonly name: string; readonly from: number; readonly until: number }
  /** `YYYY-MM-DD` */
  readonly birthDate: string
  readonly nationalNumber: string
  readonly homes: History<Address>
  /** E.164. All but the last were given back and may be somebody else's now. */
  readonly mobiles: History<string>
  /** A number of theirs that their operators do not know as such: of work, a second card. */
  readonly otherMobile?: string
  readonly emails: History<string>
  readonly diedIn?: number
  readonly traits: readonly Trait[]
}

/** People under one roof, with what they share. */
export type Household = {
  readonly landline?: string
  readonly sharedEmail?: string
  readonly adults: readonly Person[]
  /** Children who may have a phone, 8 to 17 years old. */
  readonly minors: readonly Person[]
  /** A grown child elsewhere who arranges things for old parents. */
  readonly helper?: Person
  /** Who lived here, held contracts, and does no more: a former partner, somebody who died. */
  readonly gone?: Person
}

/** Households that are kin; drawn together, since their records mix. */
export type Family = readonly Household[]

/** The year the synthetic present lies in: fixed, so that the same seed gives the same bytes for ever. */
export const PRESENT_YEAR = 2026

export const birthYearOf = (person: Pick<Person, 'birthDate'>): number => Number(person.birthDate.slice(0, 4))

/** What held in that year; nothing before the first entry. */
export const valueIn = <T>(history: History<T>, year: number): T | undefined =>
  history.findLast(({ from }) => from <= year)?.value

/** What holds today. */
export const today = <T>(history: History<T>): T | undefined => history.at(-1)?.value

export const everybodyIn = ({ adults, minors }: Household): readonly Person[] => [...adults, ...minors]
