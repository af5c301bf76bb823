import type Provider from 'oidc-provider'
import type { AccountId } from '#src/kernel/identity.ts'

/** Whose login a code is of, and the grant that everything of it hangs on. */
export type CodeOwner = { readonly accountId: AccountId; readonly grantId: string }

/** What a trial needs of the provider beside its endpoints (ADR 0074). */
export type TrialGrants = {
  /** Who a code that nobody redeemed is for. */
  ownerOf(code: string): Promise<CodeOwner | undefined>
  /** Ends a grant and the tokens that hang on it. JSON web tokens of APIs were shown to nobody. */
  end(grantId: string): Promise<void>
}

/** @param current the provider of this moment */
export const createTrialGrants = (current: () => Provider): TrialGrants => ({
  ownerOf: async code => {
    const found = await current().AuthorizationCode.find(code)
    if (found?.grantId === undefined) return undefined
    return { accountId: found.accountId as AccountId, grantId: found.grantId }
  },
  end: async grantId => {
    const provider = current()
    await provider.AccessToken.revokeByGrantId(grantId)
    await (await provider.Grant.find(grantId))?.destroy()
  },
})
