import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Store } from '#src/store/ports/store.ts'

/** Gives an account a login at another upstream beside its first. @returns how acts on links name it */
export const addSecondLogin = async ({ linkChanges }: Pick<Store, 'linkChanges'>, id: string): Promise<IdentityKey> => {
  const key = { issuer: 'https://wallet.example', clientId: 'pias', subject: `${id} at a wallet` }
  const identity = await linkChanges.referTo(key)
  const moves = [{ thing: 'identity' as const, identity, to: id as AccountId }]
  const change = { id: `second login of ${id}`, kind: 'rebind' as const, state: 'done' as const, at: 1, moves }
  const author = { by: 'test', reason: 'a synthetic wallet' }
  const outcome = await linkChanges.apply({ change: { ...change, ...author }, opens: [], endLogins: [], events: [] })
  if (outcome !== 'done') throw new Error(`${id} got no second login: ${outcome}`)
  return identity
}
