import { createHmac } from 'node:crypto'

/** Where a reference stands among a hundred, of an app: from 0 up to but not including 100. */
export type BucketOf = (clientId: string, reference: string) => number

/**
 * Buckets by a keyed hash: always the same for the same reference, different from app to app, and nobody can choose a
 * reference that falls where they like.
 */
export const createBucketOf =
  (secret: string): BucketOf =>
  (clientId, reference) => {
    const digest = createHmac('sha256', secret)
      .update(JSON.stringify([clientId, reference]))
      .digest()
    return (digest.readUInt32BE() / 2 ** 32) * 100
  }
