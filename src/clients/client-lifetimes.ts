import { z } from 'zod'
import { wholeNumber } from './whole-number.ts'

/** Below this, clocks that differ and a page that is read for a moment end what is still wanted. */
const LEAST_SECONDS = 30

const seconds = wholeNumber.min(LEAST_SECONDS).optional()

/** How long what an app gets is good, in seconds; what is left out is as for all apps. */
export const clientLifetimesSchema = z.strictObject({ accessToken: seconds, idToken: seconds, refreshToken: seconds })

/** Lifetimes of one app's tokens, in seconds. */
export type ClientLifetimes = z.infer<typeof clientLifetimesSchema>

/** Those of all apps, in seconds. */
export type TokenLifetimes = { readonly [token in keyof ClientLifetimes]-?: number }

/**
 * How long tokens of a client live, in seconds: what its metadata say (`pias_lifetimes`), and never longer than for all
 * apps, so that what counts on that, such as how long keys are published, holds.
 */
export const lifetimesOf = (
  client: object | undefined,
  { accessToken, idToken, refreshToken }: TokenLifetimes,
): TokenLifetimes => {
  // The library hands clients on as it was given them: they passed the schema.
  const { pias_lifetimes: own = {} } = (client ?? {}) as { readonly pias_lifetimes?: ClientLifetimes }
  return {
    accessToken: Math.min(accessToken, own.accessToken ?? accessToken),
    idToken: Math.min(idToken, own.idToken ?? idToken),
    refreshToken: Math.min(refreshToken, own.refreshToken ?? refreshToken),
  }
}

/** What a client says in vain: tokens that would live longer than for all apps. */
export const tooLongLifetimes = (own: ClientLifetimes | undefined, most: TokenLifetimes) =>
  (['accessToken', 'idToken', 'refreshToken'] as const)
    .filter(token => (own?.[token] ?? 0) > most[token])
    .map(token => ({
      field: `pias_lifetimes.${token}`,
      message: `must be at most ${most[token]} seconds, which lifetimes.${token} of the configuration says`,
    }))
