import type { Json } from '#src/kernel/runtime.ts'

/** What oidc-provider wants found again by something other than the id. */
export type ArtifactIndexes = {
  readonly grantId?: string
  readonly uid?: string
  readonly userCode?: string
}

/** A stored artifact; `consumedAt` is in epoch milliseconds once it was consumed. */
export type StoredArtifact = {
  readonly payload: Json
  readonly consumedAt?: number
}

/** Grants and what hangs on them: those of a person are found together. */
export type GrantsPort = ArtifactsPort & {
  /** What was stored with this uid and lives, up to the limit, what lives longest first. */
  findAllByUid(model: string, uid: string, limit: number): Promise<readonly StoredArtifact[]>
}

/**
 * oidc-provider's artifacts (codes, tokens, sessions, interactions, grants…), by model name and id.
 * An artifact is gone once its time to live is over, whether or not it was cleaned up.
 */
export type ArtifactsPort = {
  /** Writes or replaces; `consumedAt` survives a replacement. `ttlSeconds` counts from now. */
  upsert(model: string, id: string, payload: Json, ttlSeconds: number, indexes: ArtifactIndexes): Promise<void>
  /** Atomic: of any number of parallel calls for one id, one returns true until the entry expires. */
  insertOnce(model: string, id: string, ttlSeconds: number): Promise<boolean>
  find(model: string, id: string): Promise<StoredArtifact | undefined>
  findByUid(model: string, uid: string): Promise<StoredArtifact | undefined>
  findByUserCode(model: string, userCode: string): Promise<StoredArtifact | undefined>
  /** Atomic compare-and-set: exactly one caller ever gets true; false for a consumed, missing or expired artifact. */
  consume(model: string, id: string): Promise<boolean>
  destroy(model: string, id: string): Promise<void>
  /** Destroys every artifact of the model that was stored with this grant. */
  revokeByGrantId(model: string, grantId: string): Promise<void>
}
