import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'
import { type ErrorCode, PiasError } from '#src/kernel/errors.ts'

/** What itsme's error redirects come to; all others mean that PIAS asked wrongly (itsme.md, 7). */
const REDIRECT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  access_denied: 'upstream.denied',
  login_required: 'upstream.denied',
  interaction_required: 'upstream.denied',
  consent_required: 'upstream.denied',
  account_selection_required: 'upstream.denied',
  temporary_unavailable: 'upstream.unavailable',
  temporarily_unavailable: 'upstream.unavailable',
  server_error: 'upstream.unavailable',
}

/** An error code as others write it, fit for a log. */
const printable = (code: unknown): string =>
  typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : 'unreadable'

const ownError = (error: unknown): PiasError | undefined => {
  let current = error
  while (current instanceof Error) {
    if (current instanceof PiasError) return current
    current = current.cause
  }
  return undefined
}

/**
 * What the library found wrong. The inner error says it best, in fixed words; the claims and bodies that hang on it
 * stay behind.
 */
const finding = ({ message, cause }: ClientError): string =>
  cause instanceof Error && cause.name === 'OperationProcessingError' ? cause.message : message

/**
 * Turns whatever a leg failed with into one of the port's three errors, free of claims, codes and tokens.
 * @see itsme.md, 7
 */
export const toUpstreamError = (error: unknown): PiasError => {
  const own = ownError(error)
  if (own !== undefined) return own
  if (error instanceof AuthorizationResponseError) {
    const code = printable(error.error)
    const meaning = Object.hasOwn(REDIRECT_ERRORS, code) ? REDIRECT_ERRORS[code] : undefined
    return new PiasError(meaning ?? 'upstream.invalid_response', `authorization ended in ${code}`)
  }
  if (error instanceof ResponseBodyError) {
    return new PiasError('upstream.invalid_response', `token endpoint answered ${printable(error.error)}`)
  }
  if (error instanceof ClientError) {
    return new PiasError('upstream.invalid_response', `${printable(error.code)}: ${finding(error)}`)
  }
  const cause = new Error(error instanceof Error ? error.name : 'unknown')
  return new PiasError('upstream.invalid_response', 'what came back could not be read', { cause })
}
