/** The name of a claim of itsme's own. */
export const ownClaim = (name: string): string => `http://itsme.services/v2/claim/${name}`

/** Whether the person's phone was in a call while they approved: a caller may be telling them what to do. */
export const ONGOING_CALL = ownClaim('ongoing_call')

/** The number of the Belgian national register, 11 digits. */
export const NATIONAL_NUMBER = ownClaim('BENationalNumber')
