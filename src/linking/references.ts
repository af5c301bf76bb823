import { createHash } from 'node:crypto'
import type { IdentityKey } from '#src/kernel/identity.ts'

const REFERENCE_LENGTH = 22

/** Names an identity, an attempt or a contact in counters and audit without giving it away. */
export const referenceTo = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, REFERENCE_LENGTH)

/** Names an identity in counters. */
export const identityReference = ({ issuer, clientId, subject }: IdentityKey): string =>
  referenceTo(issuer, clientId, subject)
