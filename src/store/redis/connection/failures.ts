import { PiasError } from '#src/kernel/errors.ts'

/** The first word of a Redis error, such as READONLY, OOM or NOPERM (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
const REPLY_CODE = /^-?([A-Z]{2,})\b/

/** ioredis's own wordings, which hold no value. */
const WORDINGS: readonly [RegExp, string][] = [
  [/timed out|timeout/i, 'no answer in time'],
  [
    /isn't writeable|Connection is closed|max retries|None of startup nodes|All sentinels|Failed to refresh slots/i,
    'not connected',
  ],
]

const NOT_ALLOWED = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM'])

type DriverError = { readonly name?: string; readonly message?: string; readonly code?: string }

const reasonOf = (error: unknown): string => {
  const { name, message = '', code } = (error ?? {}) as DriverError
  if (code !== undefined && name !== 'ReplyError') return code
  const known = WORDINGS.find(([pattern]) => pattern.test(message))
  return known?.[1] ?? REPLY_CODE.exec(message)?.[1] ?? name ?? 'unknown failure'
}

/**
 * What a failure of Redis means to a caller. The driver's error is not passed on: it holds the command with its
 * arguments, which are codes, sessions and claims. PiasErrors are returned as they are.
 */
export const toStoreError = (error: unknown): PiasError =>
  error instanceof PiasError ? error : new PiasError('store.unavailable', `Redis: ${reasonOf(error)}`)

/** What a failure to connect means to whoever starts the node: whom to ask, in one line. */
export const toOpeningError = (error: unknown, host: string): PiasError => {
  if (error instanceof PiasError) return error
  const reason = reasonOf(error)
  if (!NOT_ALLOWED.has(reason))
    return new PiasError('store.unavailable', `Redis at ${host} cannot be reached (${reason})`)
  const remedy = 'check user and password in its URL and the rights listed in src/store/redis/README.md'
  return new PiasError('store.unusable', `Redis at ${host} refuses this user (${reason}): ${remedy}`)
}
