import { makePrivateJwk, type PrivateJwk } from '#src/crypto/key-ring/private-jwk.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

const NAME = 'trial-key'

/** Where a trial ends, on the admin plane. @param origin of it */
export const trialCallback = (origin: string): string => `${origin}/trial/callback`

/** The key that begins trials (ADR 0074), the same on every node; made by the first that asks. */
export const loadTrialKey = async (keys: Pick<KeysPort, 'find' | 'putIfAbsent'>): Promise<PrivateJwk> => {
  const text = (await keys.find(NAME)) ?? (await keys.putIfAbsent(NAME, JSON.stringify(await makePrivateJwk('ES256'))))
  return JSON.parse(text) as PrivateJwk
}
