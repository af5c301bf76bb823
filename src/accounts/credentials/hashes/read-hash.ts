import { readArgon2id } from './argon2id.ts'
import { readBcrypt } from './bcrypt.ts'
import { type HashFault, MALFORMED, type PasswordHash } from './password-hash.ts'
import { readPbkdf2 } from './pbkdf2.ts'
import { readScrypt } from './scrypt.ts'

const KINDS = [readArgon2id, readBcrypt, readScrypt, readPbkdf2]

/**
 * Reads a hash of whatever kind. Its parameters must be within what may be computed while somebody waits: a file must not
 * be able to stop the service.
 */
export const readHash = (text: string): PasswordHash | HashFault => {
  for (const read of KINDS) {
    const found = read(text)
    if (found !== undefined) return found
  }
  return MALFORMED
}
