import { createHmac, createSecretKey } from 'node:crypto'
import type { AuditBlock, StoredAuditEvent } from '#src/store/ports/audit-chain.ts'

/** A place in the chain and what everything up to it comes to. `number` 0 with an empty `mac` is before the first block. */
export type ChainMark = Pick<AuditBlock, 'number' | 'mac'>

/** Before the first block. */
export const BEGINNING: ChainMark = { number: 0, mac: '' }

/** The secret that the chain is made with, among the store's keys. */
export const CHAIN_SECRET = 'audit-chain'

const lineOf = ({ sequence, at, type, accountId, clientId, data }: StoredAuditEvent): string =>
  JSON.stringify([sequence, at, type, accountId ?? null, clientId ?? null, data])

/** Makes the `mac` of a block from what is in it and what was before. */
export type BlockMac = (
  before: ChainMark,
  block: Pick<AuditBlock, 'sealedAt'>,
  events: readonly StoredAuditEvent[],
) => string

/**
 * HMAC-SHA-256 over the block before, the block's own fields and every event as it is stored, so that the erasure of an
 * account, which destroys the key of its events, breaks nothing.
 * @param secret what nobody has who can only write to the database
 */
export const createBlockMac = (secret: string): BlockMac => {
  const key = createSecretKey(Buffer.from(secret, 'utf8'))
  return (before, { sealedAt }, events) => {
    const head = JSON.stringify([before.number + 1, before.mac, sealedAt, events.length])
    return createHmac('sha256', key)
      .update([head, ...events.map(lineOf)].join('\n'))
      .digest('base64url')
  }
}
