import type { JWK } from 'jose'
import type { Client, Switches } from '../options.ts'

/** itsme keeps a partner's keys for at least half an hour, and a day at most; `max-age` decides in between. */
const MIN_AGE_MS = 30 * 60_000
const MAX_AGE_MS = 24 * 3600_000
/** itsme expects the answer within a second. */
const TIMEOUT_MS = 1000
const REFETCH_MS = 1000

type Kept = { readonly keys: readonly JWK[]; readonly until: number; readonly fetchedAt: number }

const maxAge = (response: Response): number => {
  const seconds = /max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1]
  return Math.min(Math.max(Number(seconds ?? 0) * 1000, MIN_AGE_MS), MAX_AGE_MS)
}

/**
 * The partners' published keys, fetched by URL and kept. A key id that is not among them makes for one more look, so
 * that a partner restarted with new keys is understood; the real itsme may make it wait, as the switch `partnerKeys` does.
 */
export const createClientKeys = (
  clock: () => number,
  fetch: typeof globalThis.fetch,
  switches: Pick<Switches, 'partnerKeys'>,
) => {
  const kept = new Map<string, Promise<Kept>>()

  const load = async (client: Client): Promise<Kept> => {
    const response = await fetch(client.jwksUri, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
    if (!response.ok) throw new Error(`the client's JWKS answered ${response.status}`)
    const { keys } = (await response.json()) as { keys: JWK[] }
    const age = switches.partnerKeys === 'kept-a-day' ? MAX_AGE_MS : maxAge(response)
    return { keys, until: clock() + age, fetchedAt: clock() }
  }

  const get = (client: Client): Promise<Kept> => {
    const loading = load(client)
    kept.set(client.clientId, loading)
    loading.catch(() => kept.delete(client.clientId))
    return loading
  }

  const current = async (client: Client): Promise<Kept> => {
    const known = await kept.get(client.clientId)
    return known !== undefined && known.until > clock() ? known : get(client)
  }

  /** Keys fit for the use; RSA with a key id only, as itsme demands. */
  const select = ({ keys }: Kept, use: 'sig' | 'enc'): readonly JWK[] =>
    keys.filter(jwk => jwk.kty === 'RSA' && jwk.use === use && typeof jwk.kid === 'string')

  return {
    /** The key a partner signed with, or undefined. */
    signingKey: async (client: Client, kid: string): Promise<JWK | undefined> => {
      const known = await current(client)
      const found = select(known, 'sig').find(jwk => jwk.kid === kid)
      const looked = switches.partnerKeys === 'kept-a-day' || clock() - known.fetchedAt < REFETCH_MS
      if (found !== undefined || looked) return found
      return select(await get(client), 'sig').find(jwk => jwk.kid === kid)
    },
    /** A key to encrypt to: of several any one, as itsme does it. */
    encryptionKey: async (client: Client): Promise<JWK | undefined> => {
      const keys = select(await current(client), 'enc')
      return keys[Math.floor(Math.random() * keys.length)]
    },
  }
}

export type ClientKeys = ReturnType<typeof createClientKeys>
