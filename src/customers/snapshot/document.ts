import type { Candidate } from '#src/customers/port.ts'

/** The stored form of a candidate: one text, so that it is one decryption once documents are encrypted. */
export const encodeDocument = ({ record, person }: Candidate): string => JSON.stringify({ record, person })

/**
 * Inverse of {@link encodeDocument}. The text was written by this module, so its shape is not checked again: at login
 * speed a check per candidate would cost more than the comparison.
 */
export const decodeDocument = (document: string): Candidate => JSON.parse(document) as Candidate
