const HIDDEN = '[redacted]'

/** Fields that are a secret as a whole, wherever they stand. Where a secret is (`tokenFile`) is none. */
const SECRET_FIELDS = new Set(['cookieKey', 'secret', 'token', 'tokenKey'])

/** What may be read of the query of a database's URL; anything else may be a credential. */
const PLAIN_PARAMETERS = new Set(['authMechanism', 'authSource', 'readPreference', 'replicaSet', 'ssl', 'tls', 'w'])

const redactParameter = (parameter: string): string => {
  const [name = ''] = parameter.split('=', 1)
  return PLAIN_PARAMETERS.has(name) ? parameter : `${name}=${HIDDEN}`
}

/** Up to the last `@`: a password that was not encoded may hold any character. */
const redactUrl = (text: string): string => {
  const [, scheme, rest] = /^([a-z][a-z\d+.-]*:\/\/)(.*)$/is.exec(text) ?? []
  if (scheme === undefined || rest === undefined) return text
  const at = rest.lastIndexOf('@')
  const [place = '', ...queries] = rest.slice(at + 1).split('?')
  const query = queries.join('?')
  const shown = query === '' ? '' : `?${query.split('&').map(redactParameter).join('&')}`
  return `${scheme}${at < 0 ? '' : `${HIDDEN}@`}${place}${shown}`
}

/**
 * A configuration as it may be shown: secrets, and credentials within URLs, are replaced. New secrets are told here and
 * found missing by a test.
 */
export const redact = (value: unknown): unknown => {
  if (typeof value === 'string') return redactUrl(value)
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, SECRET_FIELDS.has(name) ? HIDDEN : redact(part)]),
  )
}
