import { randomBytes } from 'node:crypto'
import type { KeysPort } from '#src/store/ports/keys.ts'

/** A random secret of 256 bits under a name, as base64url; made by the first node that asks. */
export const loadSecret = async (keys: KeysPort, name: string): Promise<string> =>
  (await keys.find(name)) ?? keys.putIfAbsent(name, randomBytes(32).toString('base64url'))
