import { z } from 'zod'

/**
 * A whole number in the metadata of a client. One that is not (`z.int`) would keep zod from asking any rule about the other
 * fields, even one with a `when`.
 */
export const wholeNumber = z.number().refine(Number.isSafeInteger, 'must be a whole number')
