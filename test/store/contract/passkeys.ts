import type { AccountId } from '#src/kernel/identity.ts'
import { AWKWARD_IDS, type Context, LARGE, race } from './context.ts'

/** The contract of `PasskeysPort`. */
export const describePasskeys = (context: Context): void => {
  const port = () => context.store().passkeys
  const accountId = 'account' as AccountId

  const openAccount = async (id: AccountId = accountId) => {
    const at = context.now()
    await context.store().accounts.open({
      account: { id, createdAt: at, updatedAt: at, claims: {} },
      identity: { issuer: 'i', clientId: 'c', subject: id },
      customers: [],
      events: [],
    })
  }
  type Addition = { of?: AccountId; most?: number; loggedInAt?: number; at?: number; document?: string }
  const add = (id: string, options: Addition = {}) => {
    const { of = accountId, most = 9, loggedInAt = 1, at = 1, document = `document of ${id}` } = options
    const events = [{ at, type: 'passkey.added', accountId: of, data: {} }]
    return port().add({ id, accountId: of, document, counter: 0, createdAt: at }, { most, loggedInAt }, events)
  }
  const types = async () => (await context.store().audit.list({ after: 0, limit: 100, accountId })).map(e => e.type)

  describe('passkeys', () => {
    beforeEach(() => openAccount())

    test('are added, used, listed and removed', async () => {
      expect(await add('k', { at: 5, document: LARGE })).toBe('added')
      const stored = { id: 'k', accountId, document: LARGE, counter: 0, createdAt: 5 }
      expect(await port().find('k')).toEqual(stored)
      await add('j', { at: 4 })
      expect(await port().use({ id: 'k', from: 0, to: 7, at: 9 })).toBe(true)
      expect(await port().list(accountId)).toMatchObject([{ id: 'j' }, { ...stored, counter: 7, usedAt: 9 }])
      const events = [{ at: 1, type: 'passkey.removed', accountId, data: {} }]
      expect(await port().remove({ accountId: 'other' as AccountId, id: 'k', events })).toBe(false)
      expect(await port().remove({ accountId, id: 'k', events })).toBe(true)
      expect(await port().remove({ accountId, id: 'k', events })).toBe(false)
      expect(await port().find('k')).toBeUndefined()
      expect(await types()).toEqual(['passkey.added', 'passkey.added', 'passkey.removed'])
    })

    test('an id is one account’s, once, and without an account there is none', async () => {
      await add('k')
      await openAccount('other' as AccountId)
      expect(await add('k')).toBe('taken')
      expect(await add('k', { of: 'other' as AccountId })).toBe('taken')
      expect(await add('l', { of: 'none' as AccountId })).toBe('gone')
      expect(await port().find('k')).toMatchObject({ accountId })
      expect(await types()).toEqual(['passkey.added'])
    })

    test('an account has no more than it may, and one that is removed makes room', async () => {
      expect([await add('a', { most: 2 }), await add('b', { most: 2 }), await add('c', { most: 2 })]).toEqual([
        'added',
        'added',
        'full',
      ])
      await port().remove({ accountId, id: 'a', events: [] })
      expect(await add('c', { most: 2 })).toBe('added')
    })

    test('a login that has ended makes none', async () => {
      await context.store().accounts.changeAccess({ id: accountId, loginsNotBefore: 500, events: [] })
      expect(await add('k', { loggedInAt: 499 })).toBe('gone')
      expect(await port().list(accountId)).toEqual([])
      expect(await add('k', { loggedInAt: 500 })).toBe('added')
    })

    test('of parallel additions as many succeed as there is room for', async () => {
      const outcomes = await race(racer => add(`k${racer}`, { most: 3 }))
      expect(outcomes.filter(one => one === 'added')).toHaveLength(3)
      expect(await port().list(accountId)).toHaveLength(3)
    })

    test('of parallel uses with one count one is taken', async () => {
      await add('k')
      const uses = await race(() => port().use({ id: 'k', from: 0, to: 1, at: 2 }))
      expect(uses.filter(Boolean)).toHaveLength(1)
      expect(await port().use({ id: 'none', from: 0, to: 1, at: 2 })).toBe(false)
      // An authenticator that does not count.
      await add('l')
      expect(await port().use({ id: 'l', from: 0, to: 0, at: 2 })).toBe(true)
      expect(await port().use({ id: 'l', from: 0, to: 0, at: 3 })).toBe(true)
    })

    test('keeps awkward ids apart', async () => {
      for (const id of AWKWARD_IDS) expect(await add(id, { most: 99 })).toBe('added')
      for (const id of AWKWARD_IDS) expect(await port().find(id)).toMatchObject({ id, document: `document of ${id}` })
    })

    test('go with the account', async () => {
      await add('k')
      await context.store().accounts.erase({ id: accountId, erasedAt: 1, events: [] })
      expect(await port().find('k')).toBeUndefined()
      expect(await port().list(accountId)).toEqual([])
    })
  })
}
