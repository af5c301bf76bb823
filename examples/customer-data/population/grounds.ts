/** How many times more often than usual the things happen that make two people look like one. */
export type Ground = {
  /** Parents and children of one name. */
  readonly namesakes: number
  readonly twins: number
  /** Names that echo in a family: a parent's as a second one, twins' that begin alike. */
  readonly echoes: number
  /** Mobiles that were another's before. */
  readonly recycled: number
  /** A family's mailbox, and contacts of a partner on a record. */
  readonly sharedContacts: number
  /** Contracts for the phone of somebody else, and contracts that were taken over from another. */
  readonly heldByOthers: number
  /** Records with the birth date of somebody else at home; namesakes' aside, whom no field could tell apart then. */
  readonly mixedUpDates: number
  /** Postal codes of each place outside Brussels. */
  readonly districts: number
}

const USUAL: Ground = {
  namesakes: 1,
  twins: 1,
  echoes: 1,
  recycled: 1,
  sharedContacts: 1,
  heldByOthers: 1,
  mixedUpDates: 1,
  districts: 1,
}

/**
 * `usual` is Belgium as far as it is known. On `hostile` ground whatever leads a rule astray is several times as frequent,
 * and as these things multiply, a mistake that takes two of them comes tens of times as often: what is not seen there is
 * so much rarer in life. `country` is `usual` with as many postal codes as the country has, some 1,150: where millions live
 * in the places of the others, each house would hold a dozen families.
 */
export const GROUNDS = {
  usual: USUAL,
  country: { ...USUAL, districts: 19 },
  hostile: {
    ...USUAL,
    namesakes: 6,
    twins: 4,
    echoes: 2,
    recycled: 6,
    sharedContacts: 2.5,
    heldByOthers: 2,
    mixedUpDates: 5,
  },
} as const satisfies Readonly<Record<string, Ground>>
export type GroundName = keyof typeof GROUNDS
