import { createHmac, createSecretKey } from 'node:crypto'
import Provider from 'oidc-provider'
import type { Clock } from '#src/kernel/runtime.ts'
import type { ArtifactsPort, StoredArtifact } from '#src/store/ports/artifacts.ts'

/** How long after a rotation its answer may be asked for again, in milliseconds (ADR 0027). */
const LOST_ANSWER_MS = 10_000

/** What follows a refresh token. */
export type RefreshSuccession = {
  /** The id of the one token that can follow. Nobody can tell it from the id it follows. */
  successorOf(id: string): string
  /**
   * Whether the token was spent a moment ago and what it was spent for is not used: then its answer may have been lost,
   * or is still on its way to a parallel request, and is given again.
   */
  mayAskAgain(id: string, stored: StoredArtifact): Promise<boolean>
}

/** @param deps.secret shared by all nodes */
export const createRefreshSuccession = (deps: {
  secret: string
  grants: Pick<ArtifactsPort, 'find'>
  clock: Clock
}): RefreshSuccession => {
  const key = createSecretKey(Buffer.from(deps.secret, 'utf8'))
  const successorOf = (id: string): string => createHmac('sha256', key).update(id).digest('base64url')
  return {
    successorOf,
    mayAskAgain: async (id, { consumedAt = Number.NEGATIVE_INFINITY }) => {
      if (deps.clock() - consumedAt >= LOST_ANSWER_MS) return false
      // None yet: the request that spent the token is about to write it, or has died.
      const successor = await deps.grants.find('RefreshToken', successorOf(id))
      return successor?.consumedAt === undefined
    },
  }
}

/** Gives a refresh token that replaces another the id that follows, so that all who rotate it agree on one. */
export const nameSuccessors = (provider: Provider, { successorOf }: Pick<RefreshSuccession, 'successorOf'>): void => {
  const model = provider.RefreshToken.prototype as unknown as { generateTokenId(): string }
  const { generateTokenId } = model
  model.generateTokenId = function () {
    const rotated = Provider.ctx?.oidc.entities.RotatedRefreshToken
    return rotated === undefined ? generateTokenId.call(this) : successorOf(rotated.jti)
  }
}
