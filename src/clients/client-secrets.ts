import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#src/kernel/runtime.ts'
import type { ClientSecret } from '#src/store/ports/clients.ts'

/** How many secrets of a client may be good at the same time: the old one and its successor. */
export const LIVE_SECRETS = 2

/** Entropy of a secret that PIAS makes. */
const SECRET_BYTES = 32
const ID_BYTES = 6

/** What a secret is kept as: `sha256:` and the digest in base64url. */
export const SECRET_HASH = /^sha256:[\w-]{43}$/

/** Hashes a secret. One plain hash is enough for what nobody can guess (ADR 0046). */
export const hashSecret = (secret: string): string =>
  `sha256:${createHash('sha256').update(secret, 'utf8').digest('base64url')}`

/** Makes a secret of 256 bits. @returns the secret, which is told once, and what is kept of it */
export const makeSecret = (clock: Clock, expiresAt?: number): { secret: string; stored: ClientSecret } => {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const id = randomBytes(ID_BYTES).toString('base64url')
  const stored = { id, hash: hashSecret(secret), createdAt: clock(), ...(expiresAt !== undefined && { expiresAt }) }
  return { secret, stored }
}

/** Whether a secret is good at this moment, in epoch milliseconds. */
export const isLive = ({ expiresAt }: Pick<ClientSecret, 'expiresAt'>, now: number): boolean =>
  expiresAt === undefined || expiresAt > now

/** Which of the secrets this is, compared in constant time with each; one that has expired is none. */
export const findSecret = <Secret extends Pick<ClientSecret, 'hash' | 'expiresAt'>>(
  secrets: readonly Secret[],
  given: string,
  now: number,
): Secret | undefined => {
  const digest = Buffer.from(hashSecret(given))
  return secrets.find(secret => {
    const known = Buffer.from(secret.hash)
    return known.length === digest.length && timingSafeEqual(known, digest) && isLive(secret, now)
  })
}
