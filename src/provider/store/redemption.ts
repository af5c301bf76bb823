import Provider, { type KoaContextWithOIDC } from 'oidc-provider'
import type { UnitOfWork } from '#src/store/ports/unit-of-work.ts'

/** Whether the session that a code ends with is still there. */
type SessionCheck = () => Promise<boolean>

/** The redemption of a code, whose outcome is told with the first token. */
type Redemption = { sessionLives: SessionCheck; outcome: 'unknown' | 'won' | 'lost' }

/**
 * Redeems codes in the round trip that stores the access token. oidc-provider looks at the session, consumes the code,
 * then makes the token, and between them it only reads; so both wait for the token and are sent together, the
 * consumption first. The store decides as ever: one of any number of parallel requests wins. A loser learns it before
 * anything durable is written for it, and its token is an id that nobody was told. If no token comes, the consumption is
 * sent before the answer.
 * @see docs/decisions/0011-unit-of-work.md
 */
export type Redemptions = {
  /** Has the session looked at with the consumption, and not by the library. */
  checkSession(sessionLives: SessionCheck): void
  /** @returns false where there is no redemption to wait for: then it must be decided at once */
  begin(model: string, consume: () => Promise<boolean>): Promise<boolean>
  /**
   * To be called when an artifact was written: at the token endpoint a token is sent at once, so that oidc-provider can
   * still answer with an error of its own.
   * @returns false when the code it was made for was redeemed by another request, or its session has ended
   */
  settle(model: string): Promise<boolean>
}

/** What the token endpoint answers with, and keeps where it expires. */
const TOKENS = new Set(['AccessToken', 'ClientCredentials'])

/** The request of the token endpoint that this call belongs to. */
const atTokenEndpoint = (): KoaContextWithOIDC | undefined => {
  const { ctx } = Provider
  return ctx?.oidc.route === 'token' ? ctx : undefined
}

/** Redemptions of one provider's requests. */
export const createRedemptions = (unitOfWork: UnitOfWork): Redemptions => {
  const redemptions = new WeakMap<KoaContextWithOIDC, Redemption>()
  const of = (ctx: KoaContextWithOIDC): Redemption => {
    const known = redemptions.get(ctx) ?? { sessionLives: async () => true, outcome: 'unknown' }
    redemptions.set(ctx, known)
    return known
  }

  return {
    checkSession: sessionLives => {
      const ctx = atTokenEndpoint()
      if (ctx !== undefined) of(ctx).sessionLives = sessionLives
    },

    begin: async (model, consume) => {
      const ctx = atTokenEndpoint()
      if (model !== 'AuthorizationCode' || ctx === undefined) return false
      const redemption = of(ctx)
      await unitOfWork.defer(async () => {
        const [won, lives] = await Promise.all([consume(), redemption.sessionLives()])
        redemption.outcome = won && lives ? 'won' : 'lost'
      })
      return true
    },

    settle: async model => {
      const ctx = atTokenEndpoint()
      if (ctx === undefined || !TOKENS.has(model)) return true
      await unitOfWork.flush()
      const redemption = redemptions.get(ctx)
      return redemption === undefined || redemption.outcome === 'won'
    },
  }
}
