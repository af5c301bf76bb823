import type { PiasError } from '#src/kernel/errors.ts'
import { toLegError } from '#src/upstream/openid/leg-errors.ts'

/** What a leg at itsme failed with, in the port's words. itsme has its own spelling of one code. */
export const toItsmeError = (error: unknown): PiasError =>
  toLegError(error, { temporary_unavailable: 'upstream.unavailable' })
