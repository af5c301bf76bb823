import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'

/** What a person lets apps have, with a record of each change in the audit trail. */
export type Consents = {
  give(accountId: AccountId, clientId: string, scopes: readonly string[]): Promise<void>
  /**
   * Takes back what an app may have. Tokens that rest on it are worth nothing from then on; JSON web tokens of APIs live
   * until they expire, five minutes at most.
   * @param by whoever does it for the person, for the audit trail; without, the person does
   * @returns whether there was a consent
   */
  withdraw(accountId: AccountId, clientId: string, by?: string): Promise<boolean>
}

/** Consents over the store. */
export const createConsents = (deps: {
  consents: ConsentsPort
  audit: Pick<AuditPort, 'append'>
  clock: Clock
}): Consents => {
  const { consents, audit, clock } = deps
  type Told = { readonly scopes: readonly string[]; readonly by?: string }
  const note = (type: string, accountId: AccountId, clientId: string, data: Told) =>
    audit.append([{ at: clock(), type, accountId, clientId, data }])

  return {
    give: async (accountId, clientId, scopes) => {
      await note('consent.given', accountId, clientId, { scopes })
      await consents.give({ accountId, clientId, scopes, at: clock() })
    },
    withdraw: async (accountId, clientId, by) => {
      const existed = await consents.withdraw(accountId, clientId)
      if (existed) {
        await note('consent.withdrawn', accountId, clientId, { scopes: [], ...(by !== undefined && { by }) })
      }
      return existed
    },
  }
}
