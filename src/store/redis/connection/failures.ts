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

/** What a script is told when the user may not run one of its commands or touch a key; Redis 7.0, then later ones and Valkey. */
const NOT_ALLOWED_IN_SCRIPT = /user executing the script|ACL failure in script/

const NOT_ALLOWED = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM'])

type DriverError = { readonly name?: string; readonly message?: string; readonly code?: string }

const reasonOf = (error: unknown): string => {
  const { name, message = '', code } = (error ?? {}) as DriverError
  if (code !== undefined && name !== 'ReplyError') return code
  if (NOT_ALLOWED_IN_SCRIPT.test(message)) return 'NOPERM'
  const known = WORDINGS.find(([pattern]) => pattern.test(message))
  return known?.[1] ?? REPLY_CODE.exec(message)?.[1] ?? name ?? 'unknown failure'
}

const failureOf = (error: unknown, where: string, wording: (reason: string) => string): PiasError => {
  if (error instanceof PiasError) return error
  const reason = reasonOf(error)
  if (!NOT_ALLOWED.has(reason)) return new PiasError('store.unavailable', wording(reason))
  const remedy = 'check user and password in its URL and the rights listed in src/store/redis/README.md'
  return new PiasError('store.unusable', `${where} refuses this user (${reason}): ${remedy}`)
}

/**
 * What a failure of Redis means to a caller: `store.unavailable`, or `store.unusable` where a right is missing. The
 * driver's error is not passed on: it holds the command with its arguments, which are codes, sessions and claims.
 * PiasErrors are returned as they are.
 */
export const toStoreError = (error: unknown): PiasError => failureOf(error, 'Redis', reason => `Redis: ${reason}`)

/** What a failure to connect means to whoever starts the node, in one line. */
export const toOpeningError = (error: unknown, host: string): PiasError =>
  failureOf(error, `Redis at ${host}`, reason => `Redis at ${host} cannot be reached (${reason})`)
