import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { type ErrorCode, PiasError } from '#src/kernel/errors.ts'

/**
 * What the error redirects of OAuth and OpenID come to; all others mean that PIAS asked wrongly (RFC 6749, 4.1.2.1;
 * OIDC Core 3.1.2.6). An upstream that writes one in its own way adds it.
 */
const REDIRECT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  access_denied: 'upstream.denied',
  login_required: 'upstream.denied',
  interaction_required: 'upstream.denied',
  consent_required: 'upstream.denied',
  account_selection_required: 'upstream.denied',
  temporarily_unavailable: 'upstream.unavailable',
  server_error: 'upstream.unavailable',
}

/**
 * An error code as OAuth or the library writes it (RFC 6749, 11.4), fit for a log: what has digits or both cases may be a
 * secret that somebody put there.
 */
const printable = (code: unknown): string =>
  typeof code === 'string' && /^([a-z_]{1,60}|OAUTH_[A-Z_]{1,60})$/.test(code) ? code : 'unreadable'

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

const invalid = (detail: string, cause?: Error): PiasError =>
  new PiasError('upstream.invalid_response', detail, cause === undefined ? {} : { cause })

/**
 * Turns whatever a leg failed with into one of the port's errors, free of claims, codes and tokens.
 * @param redirectErrors error codes of this upstream beside the standard ones
 */
export const toLegError = (error: unknown, redirectErrors: Readonly<Record<string, ErrorCode>> = {}): PiasError => {
  const own = ownError(error)
  if (own !== undefined) return own
  if (error instanceof AuthorizationResponseError) {
    const code = printable(error.error)
    const meaning = new Map(Object.entries({ ...REDIRECT_ERRORS, ...redirectErrors })).get(code)
    return new PiasError(meaning ?? 'upstream.invalid_response', `authorization ended in ${code}`)
  }
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant') {
    return new PiasError('upstream.expired', 'token endpoint answered invalid_grant')
  }
  if (error instanceof ResponseBodyError) return invalid(`token endpoint answered ${printable(error.error)}`)
  if (error instanceof WWWAuthenticateChallengeError) return invalid(`an endpoint answered ${error.status}`)
  if (error instanceof ClientError) return invalid(`${printable(error.code)}: ${finding(error)}`)
  return invalid('what came back could not be read', new Error(error instanceof Error ? error.name : 'unknown'))
}
