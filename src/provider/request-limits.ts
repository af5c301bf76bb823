import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider'

/** Counts requests of clients and accounts. */
export type RequestLimiter = {
  /** Counts one. @returns whether it is within the limit */
  count(subject: 'client' | 'account', id: string): boolean
  /** Seconds until all are let through again. */
  secondsLeft(): number
}

/**
 * Limits requests by who makes them, once that is known: a client and an account count once a request, however often the
 * library looks them up. Whoever is over hears `temporarily_unavailable` with status 429; a login goes back to its app
 * with it.
 */
export const createRequestLimits = ({ count, secondsLeft }: RequestLimiter) => {
  const counted = new WeakMap<KoaContextWithOIDC, Set<string>>()
  return (subject: 'client' | 'account', id: string): void => {
    const { ctx } = Provider
    // Not within a request: a logout that is delivered.
    if (ctx === undefined) return
    const known = counted.get(ctx) ?? new Set()
    counted.set(ctx, known)
    // The first of a kind is who asks; others are looked up beside it.
    if (known.has(subject)) return
    known.add(subject)
    if (count(subject, id)) return
    ctx.set('Retry-After', String(secondsLeft()))
    const error = new errors.CustomOIDCProviderError('temporarily_unavailable', 'too many requests, try again later')
    throw Object.assign(error, { status: 429, statusCode: 429 })
  }
}

export type LimitRequests = ReturnType<typeof createRequestLimits>
