/** A page that says what went wrong, and what to do about it. */
export type Failure = { readonly status: number; readonly title: string; readonly body: string; readonly code: string }

/** OAuth error codes that a callback may bring (RFC 6749, 4.1.2.1), as far as the person can do something about them. */
const BY_CODE: Readonly<Record<string, Omit<Failure, 'code'>>> = {
  access_denied: {
    status: 200,
    title: 'You did not log in',
    body: 'You stopped, or itsme did not let you through. Nothing was changed; you can try again whenever you like.',
  },
  temporarily_unavailable: {
    status: 503,
    title: 'Logging in is not possible just now',
    body: 'Our login service is busy. Wait a moment and try again.',
  },
}

const UNREACHABLE: Failure = {
  status: 503,
  title: 'Our login service does not answer',
  body: 'It may be starting up. Wait a moment and try again.',
  code: 'provider_unreachable',
}

/** For a callback whose `state` this browser did not begin, or has used before. */
export const UNKNOWN_STATE: Failure = {
  status: 400,
  title: 'This login cannot be continued',
  body: 'It began in another browser, was used before, or took too long. Start again from here.',
  code: 'state_unknown',
}

export const WRONG_ISSUER: Failure = {
  status: 400,
  title: 'We do not know who sent you here',
  body: 'The link came from a login service that is not ours. Start again from here.',
  code: 'issuer_unknown',
}

export const NOT_FOUND: Failure = {
  status: 404,
  title: 'This page does not exist',
  body: 'Everything starts on the home page.',
  code: 'not_found',
}

/** A provider that is down: fetch's own error, a timeout, or a status that no endpoint of OpenID Connect has. */
const isUnreachable = (error: { name?: unknown; message?: unknown; code?: unknown }): boolean =>
  (error.name === 'TypeError' && error.message === 'fetch failed') ||
  error.code === 'OAUTH_TIMEOUT' ||
  error.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM'

/** From any error of a login to its page. */
export const toFailure = (error: unknown): Failure => {
  const { error: oauthCode, code, cause } = error as { error?: unknown; code?: unknown; cause?: unknown }
  const known = typeof oauthCode === 'string' ? BY_CODE[oauthCode] : undefined
  if (known !== undefined) return { ...known, code: String(oauthCode) }
  if (isUnreachable(error as Error) || isUnreachable((cause ?? {}) as Error)) return UNREACHABLE
  return {
    status: 502,
    title: 'Logging in did not work',
    body: 'Something went wrong between this app and our login service. Nothing was changed; please try again.',
    code: String(oauthCode ?? code ?? 'unexpected'),
  }
}
