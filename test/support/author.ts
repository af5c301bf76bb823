/** Somebody who acts on accounts in tests, and why. */
export const AUTHOR = { by: 'synthetic', reason: 'a synthetic reason' }
