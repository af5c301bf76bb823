/** Longest username that is compared; what is longer is nobody's. */
export const MAX_USERNAME = 200

/**
 * A username in the form in which two are the same person's: composed alike (NFKC), in lower case and without spaces at its
 * ends, as people type it (RFC 8265, 3.3, case-mapped profile, in spirit).
 */
export const comparableUsername = (username: string): string => username.normalize('NFKC').trim().toLowerCase()
