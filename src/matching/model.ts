import type {
  AddressLevel,
  BirthDateLevel,
  ContactLevel,
  FamilyNameLevel,
  FirstNameLevel,
  NationalNumberLevel,
} from '#src/matching/compare/levels.ts'

/**
 * How probable one level of one field is when the record belongs to…
 * - `own`: the person (Fellegi–Sunter's m);
 * - `stranger`: somebody else in the base. For names it is a factor on the name's frequency, for `full` addresses and
 *   equal contacts it is ignored: {@link MatchModel.strangersPerContact} takes their place;
 * - `household`: somebody at the same address, so that surname, address and shared contacts come free; for an `exact`
 *   first name a factor on its frequency, since a namesake in the house is a junior or senior, or chance;
 * - `twin`: a twin, whose birth date comes free as well;
 * - `junior`: a parent or child of the same full name, whose only difference is the birth date.
 */
export type LevelWeights = {
  readonly own: number
  readonly stranger: number
  readonly household: number
  readonly twin: number
  readonly junior: number
}

export const RIVALS = ['stranger', 'household', 'twin', 'junior'] as const
export type Rival = (typeof RIVALS)[number]

type Weights<Level extends string> = Readonly<Record<Exclude<Level, 'missing'>, LevelWeights>>

/** The parameters of scoring and deciding, as one versioned value. */
export type MatchModel = {
  readonly version: string
  /** Accepted probability that one automatic link is wrong (ε). */
  readonly epsilon: number
  /** Records more probably wrong than this are not offered for proof. */
  readonly confirmBelow: number
  /** An e-mail address or phone with more distinct holders than this is no possession. */
  readonly mostHolders: number
  /** Age from which somebody can be the holder of a contract, in years. */
  readonly holderAge: number
  /** What is left of `own` for a record older than `holderAge`. */
  readonly madeBeforeHolderAge: number
  /** Records that a person has, on average (λ). */
  readonly ownRecords: number
  /** A safety factor on strangers: names and birth dates are not as independent as the formula has it. */
  readonly strangerSafety: number
  /** Strangers expected on one equal contact. */
  readonly strangersPerContact: {
    readonly mobile: number
    readonly email: number
    readonly landline: number
    readonly address: number
  }
  /** Records of each rival that a person has, before anything is compared. */
  readonly rivalRecords: Readonly<Record<Exclude<Rival, 'stranger'>, number>>
  /**
   * Factors on the rivals, whether one shows among the candidates or not; for `household` a housemate whose first name
   * the record's may be (an initial, a second name).
   */
  readonly visibility: Readonly<
    Record<Exclude<Rival, 'stranger'>, { readonly hidden: number; readonly visible: number }>
  >
  /** What sharing 0, 1 or 2 of mobile and e-mail leaves of household, twin and junior. */
  readonly sharedPossessions: readonly [none: number, one: number, both: number]
  /** A first name is rare when at most this many records hold it, or this share of all; whichever is more. */
  readonly rareFirstName: { readonly records: number; readonly share: number }
  readonly weights: {
    readonly firstName: Weights<FirstNameLevel>
    readonly familyName: Weights<FamilyNameLevel>
    readonly birthDate: Weights<BirthDateLevel>
    readonly email: Weights<ContactLevel>
    readonly mobile: Weights<ContactLevel>
    readonly landline: Weights<ContactLevel>
    readonly address: Weights<AddressLevel>
    readonly nationalNumber: Weights<NationalNumberLevel>
  }
}

/** Below this many records frequencies tell little: a smaller base is taken to be of this size. */
export const SMALLEST_BASE = 1000

const level = (own: number, stranger: number, household: number, twin: number, junior: number): LevelWeights => ({
  own,
  stranger,
  household,
  twin,
  junior,
})

/** A level that rivals of the same house show as often as the person does. */
const free = (own: number, stranger: number): LevelWeights => level(own, stranger, own, own, own)

const BIRTH_DAYS = 22_000

const FIRST_NAME: MatchModel['weights']['firstName'] = {
  exact: level(0.8, 1, 1, 0.0003, 0.8),
  // A register name is often a parent's call name.
  other: level(0.04, 2, 0.02, 0.001, 0.04),
  // Parents do name twins Lies and Liesbeth.
  nickname: level(0.04, 2, 0.005, 0.01, 0.04),
  misspelling: level(0.03, 0.05, 0.001, 0.002, 0.03),
  partial: level(0.02, 1, 0.01, 0.005, 0.02),
  initial: level(0.05, 0.005, 0.005, 0.0075, 0.05),
  similar: level(0.015, 1, 0.1, 0.15, 0.02),
  differ: level(0.005, 1, 0.9, 0.85, 0.005),
}

const FAMILY_NAME: MatchModel['weights']['familyName'] = {
  exact: free(0.92, 1),
  part: free(0.03, 2),
  misspelling: free(0.03, 10),
  differ: level(0.02, 1, 0.4, 0.02, 0.02),
}

const BIRTH_DATE: MatchModel['weights']['birthDate'] = {
  // Household and junior: that their record carries this person's date by mistake.
  exact: level(0.93, 1 / BIRTH_DAYS, 0.001, 0.93, 0.0001),
  swapped: level(0.015, 1 / BIRTH_DAYS, 0.00005, 0.015, 0.00005),
  typo: level(0.02, 30 / BIRTH_DAYS, 0.0005, 0.02, 0.0005),
  year: level(0.03, 0.0005, 0.0005, 0.03, 0.0005),
  differ: level(0.005, 1, 0.99, 0.005, 0.99),
}

const contact = (own: number): MatchModel['weights']['email'] => ({
  exact: free(own, 0),
  // Relatives have mailboxes and numbers as alike as the person's own former one.
  slip: level(0.02, 0.00002, 0.002, 0.004, 0.01),
  generic: free(1, 1),
  differ: level(1 - own, 1, 1, 1, 1),
})

const ADDRESS: MatchModel['weights']['address'] = {
  full: free(0.75, 0),
  house: free(0.05, 0.0002),
  street: free(0.02, 0.0004),
  place: free(0.05, 0.004),
  differ: free(0.13, 1),
}

const NATIONAL_NUMBER: MatchModel['weights']['nationalNumber'] = {
  exact: level(0.97, 1e-7, 1e-5, 1e-5, 1e-5),
  differ: level(0.002, 1, 1, 1, 1),
}

/**
 * The built-in model, until one is trained on a customer base: rates, shares and levels are
 * estimates there, and stay on the careful side.
 */
export const DEFAULT_MODEL: MatchModel = {
  version: 'm-hand-3',
  epsilon: 1e-4,
  confirmBelow: 0.98,
  mostHolders: 2,
  holderAge: 17,
  madeBeforeHolderAge: 0.003,
  ownRecords: 1.5,
  strangerSafety: 8,
  strangersPerContact: { mobile: 0.2, email: 0.01, landline: 0.6, address: 0.6 },
  rivalRecords: { household: 2, twin: 0.015, junior: 0.01 },
  visibility: {
    household: { hidden: 0.4, visible: 30 },
    twin: { hidden: 0.3, visible: 50 },
    junior: { hidden: 0.25, visible: 30 },
  },
  sharedPossessions: [1, 0.2, 0.02],
  rareFirstName: { records: 3, share: 3e-6 },
  weights: {
    firstName: FIRST_NAME,
    familyName: FAMILY_NAME,
    birthDate: BIRTH_DATE,
    email: contact(0.6),
    mobile: contact(0.7),
    landline: contact(0.5),
    address: ADDRESS,
    nationalNumber: NATIONAL_NUMBER,
  },
}
