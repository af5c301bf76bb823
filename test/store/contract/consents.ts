import type { AccountId } from '#src/kernel/identity.ts'
import { AWKWARD_IDS, type Context, RACERS, race } from './context.ts'

/** The contract of `ConsentsPort`. */
export const describeConsents = (context: Context): void => {
  const port = () => context.store().consents
  const accountId = 'account' as AccountId
  const give = (clientId: string, scopes: string[], at = 1000) => port().give({ accountId, clientId, scopes, at })

  describe('consents', () => {
    test('are given once, widened, and taken back', async () => {
      expect(await port().find(accountId, 'app')).toBeUndefined()
      await give('app', ['profile', 'email'])
      expect(await port().find(accountId, 'app')).toEqual({
        accountId,
        clientId: 'app',
        scopes: ['email', 'profile'],
        since: 1000,
      })
      await give('app', ['email', 'address'], 2000)
      expect(await port().find(accountId, 'app')).toMatchObject({
        scopes: ['address', 'email', 'profile'],
        since: 1000,
      })
      expect(await port().withdraw(accountId, 'app')).toBe(true)
      expect(await port().withdraw(accountId, 'app')).toBe(false)
      expect(await port().find(accountId, 'app')).toBeUndefined()
      await give('app', ['email'], 3000)
      expect(await port().find(accountId, 'app')).toMatchObject({ scopes: ['email'], since: 3000 })
    })

    test('are listed by account', async () => {
      for (const app of ['b', 'a', 'c']) await give(app, ['email'])
      await port().give({ accountId: 'other' as AccountId, clientId: 'a', scopes: ['phone'], at: 1 })
      expect((await port().list(accountId)).map(({ clientId }) => clientId)).toEqual(['a', 'b', 'c'])
      expect(await port().list('nobody' as AccountId)).toEqual([])
    })

    test('of parallel givers none loses what another adds', async () => {
      await race(racer => give('app', [`scope-${racer}`], racer))
      const consent = await port().find(accountId, 'app')
      expect(consent?.scopes).toHaveLength(RACERS)
      expect(await race(() => port().withdraw(accountId, 'app'))).toContain(true)
      expect(await port().find(accountId, 'app')).toBeUndefined()
    })

    test('keep awkward ids and scopes apart', async () => {
      for (const id of AWKWARD_IDS) await port().give({ accountId: id as AccountId, clientId: id, scopes: [id], at: 1 })
      for (const id of AWKWARD_IDS) {
        expect(await port().find(id as AccountId, id)).toMatchObject({ scopes: [id] })
        expect(await port().list(id as AccountId)).toHaveLength(1)
      }
    })

    test('go with the account', async () => {
      await give('app', ['email'])
      await context.store().accounts.erase({ id: accountId, erasedAt: 1, events: [] })
      expect(await port().list(accountId)).toEqual([])
    })
  })
}
