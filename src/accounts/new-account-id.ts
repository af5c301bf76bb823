import { randomBytes } from 'node:crypto'
import type { AccountId } from '#src/kernel/identity.ts'

/** Random, never reused, and longer than anybody can guess: the public `sub` of tokens. */
export const newAccountId = (): AccountId => randomBytes(16).toString('base64url') as AccountId
