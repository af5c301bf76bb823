import { type ErrorCode, PiasError } from '#src/kernel/errors.ts'

/** Why a thread failed, as plain data: a class does not pass between threads. */
export type ThreadFailure = { readonly kind: 'failed'; readonly code?: ErrorCode; readonly detail?: string }

/** What the thread sends of an error. */
export const toFailure = (error: unknown): ThreadFailure =>
  error instanceof PiasError
    ? { kind: 'failed', code: error.code, ...(error.detail !== undefined && { detail: error.detail }) }
    : { kind: 'failed', detail: String(error) }

/** The error again, where it is thrown. */
export const fromFailure = ({ code, detail }: ThreadFailure): Error =>
  code === undefined ? new Error(detail) : new PiasError(code, detail)
