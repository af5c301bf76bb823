import { addressKey, networkKey } from '#src/kernel/address-ranges.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

/** What is counted below is counted over this time, in seconds. */
export const WINDOW_SECONDS = 900

/**
 * Tries in that time: at one username, from one address, which a household shares, and from one network. Right and wrong
 * ones, at usernames that are there and that are not, so that counting tells nothing.
 */
export const MOST_TRIES = { username: 5, address: 20, network: 200 } as const

/** Where a try comes from and whom it is about, `username` in comparable form. */
export type PasswordTry = { readonly username: string; readonly ip: string }

/** Counts a try in the store, over all nodes. @returns whether it is one too many */
export const createPasswordLimits =
  (limits: LimitsPort) =>
  async ({ username, ip }: PasswordTry): Promise<boolean> => {
    const counters = [
      [`username:${username}`, MOST_TRIES.username],
      [`address:${addressKey(ip)}`, MOST_TRIES.address],
      [`network:${networkKey(ip)}`, MOST_TRIES.network],
    ] as const
    const counts = await Promise.all(
      counters.map(async ([key, most]) => (await limits.hit(`password:${key}`, WINDOW_SECONDS)) > most),
    )
    return counts.includes(true)
  }
