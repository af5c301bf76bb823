import Provider, { type KoaContextWithOIDC } from 'oidc-provider'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'

type FindAccount = AccountsPort['find']

/** What a request is about to ask for: whoever hangs on a grant is worth what the grant and the account are. */
type Expected = { readonly grantId?: string | undefined; readonly accountId?: string | undefined }

/**
 * Reads a grant and an account in one round trip, where the library asks for one after the other. Both are read as soon
 * as a request knows which, and given to the first who asks in the same request; after that, and for everybody else, they
 * are read anew. So nothing is older than the request itself.
 */
export type ReadAhead = {
  /** Begins to read, at once: what is read in the same turn of the event loop goes along. */
  expect(expected: Expected): void
  readonly findAccount: FindAccount
  readonly grants: ArtifactsPort
}

const GRANT = 'Grant'

/** Reads ahead for one provider's requests. Outside of a request nothing is. */
export const createReadAhead = (deps: { accounts: { find: FindAccount }; grants: ArtifactsPort }): ReadAhead => {
  const { accounts, grants } = deps
  const begun = new WeakMap<KoaContextWithOIDC, Map<string, Promise<unknown>>>()

  const begin = (ctx: KoaContextWithOIDC, key: string, reading: Promise<unknown>): void => {
    // Told to whoever asks, if anybody does.
    reading.catch(() => undefined)
    const known = begun.get(ctx) ?? new Map()
    begun.set(ctx, known.set(key, reading))
  }

  const ofRequest = (): Map<string, Promise<unknown>> | undefined => Provider.ctx && begun.get(Provider.ctx)

  const take = <Found>(key: string): Promise<Found> | undefined => {
    const reading = ofRequest()?.get(key)
    ofRequest()?.delete(key)
    return reading as Promise<Found> | undefined
  }

  /** What is written is not what was read. */
  const afterDropping =
    <Values extends [model: string, id: string, ...unknown[]], Result>(write: (...values: Values) => Result) =>
    (...values: Values): Result => {
      ofRequest()?.delete(`${values[0]} ${values[1]}`)
      return write(...values)
    }

  return {
    expect: ({ grantId, accountId }) => {
      const { ctx } = Provider
      if (ctx === undefined) return
      if (grantId !== undefined) begin(ctx, `${GRANT} ${grantId}`, grants.find(GRANT, grantId))
      if (accountId !== undefined) begin(ctx, `account ${accountId}`, accounts.find(accountId as AccountId))
    },
    findAccount: id => take<Account | undefined>(`account ${id}`) ?? accounts.find(id),
    grants: {
      ...grants,
      find: (model, id) => take(`${model} ${id}`) ?? grants.find(model, id),
      upsert: afterDropping(grants.upsert),
      destroy: afterDropping(grants.destroy),
      revokeByGrantId: afterDropping(grants.revokeByGrantId),
    },
  }
}
