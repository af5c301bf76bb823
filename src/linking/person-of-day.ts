import { createHmac, createSecretKey } from 'node:crypto'
import type { IdentityKey } from '#src/kernel/identity.ts'

/** The secret it is made with, among the store's keys. */
export const PEOPLE_SECRET = 'people-of-decisions'

const DAY_MS = 24 * 3600 * 1000
/** A day begins at three (UTC): whoever comes before and after it is taken for two, and few do then. */
const BEGINS_MS = 3 * 3600 * 1000
const LENGTH = 16

/** Names an identity at a moment (epoch milliseconds) for whoever counts people: the same all day, another the next. */
export type PersonOfDay = (identity: IdentityKey, at: number) => string

/**
 * Makes the digest by which decisions of one person are told from those of several (HMAC-SHA-256, shortened). It says
 * nothing without the secret, and two days of one person have nothing in common (ADR 0100).
 * @param secret as `loadSecret` gives it
 */
export const createPersonOfDay = (secret: string): PersonOfDay => {
  const key = createSecretKey(Buffer.from(secret, 'utf8'))
  return ({ issuer, clientId, subject }, at) => {
    const day = Math.floor((at - BEGINS_MS) / DAY_MS)
    const text = JSON.stringify([day, issuer, clientId, subject])
    return createHmac('sha256', key).update(text).digest('base64url').slice(0, LENGTH)
  }
}
