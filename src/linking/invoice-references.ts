import { createHash, timingSafeEqual } from 'node:crypto'
import { fold } from '#src/matching/normalise/fold.ts'

/** References compared at least, whether or not a record has that many: how many it has must not show in the time. */
const SMALLEST_COMPARISON = 24

/** What people leave out or put in when they copy a reference: case, spaces, dashes, dots, slashes. */
const normalise = (reference: string): string => fold(reference).replace(/[\s\-./]/g, '')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const EMPTY = digest('')

/** What is kept of an answer: SHA-256 of it but for case and separators, as base64url. */
export const invoiceDigest = (answer: string): string => digest(normalise(answer)).toString('base64url')

/**
 * Whether an answer, by its {@link invoiceDigest}, is one of a record's invoice references. Compares digests of equal
 * length in constant time, all of them and never fewer than {@link SMALLEST_COMPARISON}, so that neither a hit nor its
 * place nor the number of references shows in the time. An empty answer is wrong.
 */
export const holdsInvoice = (references: readonly string[], answer: string): boolean => {
  const given = Buffer.from(answer, 'base64url')
  const padding = new Array<string>(Math.max(0, SMALLEST_COMPARISON - references.length)).fill('')
  const hits = [...references, ...padding].map(reference => timingSafeEqual(digest(normalise(reference)), given))
  return hits.includes(true) && !timingSafeEqual(EMPTY, given)
}
