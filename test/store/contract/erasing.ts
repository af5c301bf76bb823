import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { CustomerLink } from '#src/store/ports/accounts.ts'
import { AWKWARD_IDS, type Context, LARGE, race } from './context.ts'

const identity = (subject: string): IdentityKey => ({ issuer: 'https://idp.example', clientId: 'PIAS', subject })

const link = (serviceLine: CustomerLink['serviceLine'], customerId: string): CustomerLink => ({
  serviceLine,
  customerId,
  method: 'match',
  ruleVersion: 'rule-1',
  evidence: {},
})

const erased = (accountId: string) => ({ at: 2, type: 'account.erased', accountId, data: { reason: 'asked' } })

/** The contract of `DataKeysPort`. */
export const describeDataKeys = (context: Context): void => {
  const port = () => context.store().dataKeys

  describe('data keys', () => {
    test('the first one put under a name stays, until it is replaced by whoever knows it', async () => {
      expect(await port().find('test')).toBeUndefined()
      expect(await port().putIfAbsent('test', 'first')).toBe('first')
      expect(await port().putIfAbsent('test', 'second')).toBe('first')
      expect(await port().replace('test', 'second', 'third')).toBe(false)
      expect(await port().find('test')).toBe('first')
      expect(await port().replace('test', 'first', 'third')).toBe(true)
      expect(await port().find('test')).toBe('third')
      expect(await port().replace('none', 'first', 'third')).toBe(false)
      expect(await port().find('none')).toBeUndefined()
    })

    test('parallel callers all get the one that is stored', async () => {
      const values = await race(racer => port().putIfAbsent('test', `value-${racer}`))
      expect(new Set(values).size).toBe(1)
      expect(await port().find('test')).toBe(values[0])
    })

    test('of parallel replacements one wins', async () => {
      await port().putIfAbsent('test', 'old')
      const results = await race(racer => port().replace('test', 'old', `new-${racer}`))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await port().find('test')).toBe(`new-${results.indexOf(true)}`)
    })

    test('keeps awkward names apart, and large values whole', async () => {
      for (const id of AWKWARD_IDS) expect(await port().putIfAbsent(`test ${id}`, LARGE + id)).toBe(LARGE + id)
      for (const id of AWKWARD_IDS) expect(await port().find(`test ${id}`)).toBe(LARGE + id)
    })
  })
}

/** The contract of erasing accounts, of the ledger that is kept of it, and of looking at all accounts. */
export const describeErasing = (context: Context): void => {
  const accounts = () => context.store().accounts
  const erasures = () => context.store().erasures
  const keyOf = async (id: string) => (await context.store().dataKeys.ofAccounts([id])).get(id)

  const open = (id: string, key = identity(id), customers: readonly CustomerLink[] = []) => {
    const createdAt = context.now()
    const account = { id: id as AccountId, createdAt, updatedAt: createdAt, claims: { name: `Name of ${id}` } }
    const events = [{ at: 1, type: 'account.opened', accountId: id, data: {} }]
    return accounts().open({ account, identity: key, customers, events, dataKey: `key of ${id}` })
  }
  const erase = (id: string, erasedAt = context.now()) =>
    accounts().erase({ id: id as AccountId, erasedAt, events: [erased(id)] })
  const typesOf = async (accountId: string) =>
    (await context.store().audit.list({ after: 0, limit: 100, accountId })).map(({ type }) => type)

  const describeErasure = () => {
    test('an account is opened with its data key, and a refused one leaves none', async () => {
      await open('a', identity('s'), [link('tv', '1')])
      expect(await keyOf('a')).toEqual(expect.any(String))
      expect(await open('b', identity('s'))).toMatchObject({ kind: 'already' })
      expect(await open('c', identity('t'), [link('tv', '1')])).toMatchObject({ kind: 'owned-elsewhere' })
      expect(await keyOf('b')).toBeUndefined()
      expect(await keyOf('c')).toBeUndefined()
    })

    test('the data keys of many accounts are read at once', async () => {
      for (const id of AWKWARD_IDS) await open(id)
      const keys = await context.store().dataKeys.ofAccounts([...AWKWARD_IDS, 'none', ...AWKWARD_IDS.slice(0, 1)])
      expect([...keys.keys()].sort()).toEqual([...AWKWARD_IDS].sort())
      expect(new Set(keys.values()).size).toBe(AWKWARD_IDS.length)
      expect(await context.store().dataKeys.ofAccounts([])).toEqual(new Map())
    })

    test('nothing of an erased account is left but its audit events and a line in the ledger', async () => {
      await open('a', identity('s'), [link('tv', '1'), link('mobile', '1')])
      await open('b', identity('t'), [link('tv', '2')])
      const erasedAt = context.now()
      expect(await erase('a', erasedAt)).toBe(true)
      expect(await accounts().find('a' as AccountId)).toBeUndefined()
      expect(await accounts().findByIdentity(identity('s'))).toBeUndefined()
      expect(await accounts().findWithIdentity(identity('s'))).toBeUndefined()
      expect(await accounts().customersOf('a' as AccountId)).toEqual([])
      expect((await accounts().ownersOf([link('tv', '1'), link('mobile', '1'), link('tv', '2')])).size).toBe(1)
      expect(await keyOf('a')).toBeUndefined()
      expect(await typesOf('a')).toEqual(['account.opened', 'account.erased'])
      expect(await erasures().list({ after: '', limit: 10 })).toEqual([{ accountId: 'a', erasedAt }])
      expect(await accounts().find('b' as AccountId)).toMatchObject({ claims: { name: 'Name of b' } })
      expect(await keyOf('b')).toEqual(expect.any(String))
    })

    test('its identity and its records are free for a new account', async () => {
      await open('a', identity('s'), [link('tv', '1')])
      await erase('a')
      expect(await open('b', identity('s'), [link('tv', '1')])).toEqual({ kind: 'bound', accountId: 'b' })
    })

    test('claims that come late do not bring it back', async () => {
      await open('a')
      await erase('a')
      const change = { from: context.now(), claims: { name: 'Late' }, updatedAt: context.now() + 1 }
      expect(await accounts().updateClaims('a' as AccountId, change)).toBe(false)
      expect(await accounts().find('a' as AccountId)).toBeUndefined()
    })

    test('an account that is not there is noted all the same, and the first time counts', async () => {
      expect(await erase('none', 5)).toBe(false)
      expect(await erase('none', 9)).toBe(false)
      expect(await erasures().list({ after: '', limit: 10 })).toEqual([{ accountId: 'none', erasedAt: 5 }])
    })

    test('of parallel erasures one finds the account', async () => {
      await open('a', identity('s'), [link('tv', '1')])
      const results = await race(() => erase('a'))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await erasures().list({ after: '', limit: 10 })).toHaveLength(1)
    })
  }

  const describeLooking = () => {
    test('the ledger is read page by page, in the order of ids', async () => {
      for (const id of ['c', 'a', 'b']) await erase(id, 7)
      const ids = async (after: string, limit: number) =>
        (await erasures().list({ after, limit })).map(({ accountId }) => accountId)
      expect(await ids('', 2)).toEqual(['a', 'b'])
      expect(await ids('b', 2)).toEqual(['c'])
      expect(await ids('c', 2)).toEqual([])
    })

    test('all accounts are looked at page by page, with the number of what is bound to each', async () => {
      expect(await accounts().survey({ after: '', limit: 10 })).toEqual([])
      await open('c', identity('u'))
      await open('a', identity('s'), [link('tv', '1'), link('mobile', '1')])
      await open('b', identity('t'), [link('tv', '2')])
      expect(await accounts().survey({ after: '', limit: 2 })).toEqual([
        { id: 'a', identities: 1, links: 2, credentials: 0 },
        { id: 'b', identities: 1, links: 1, credentials: 0 },
      ])
      expect(await accounts().survey({ after: 'b', limit: 2 })).toEqual([
        { id: 'c', identities: 1, links: 0, credentials: 0 },
      ])
    })

    test('identities and links are counted in all', async () => {
      expect(await accounts().totals()).toEqual({ identities: 0, links: 0 })
      await open('a', identity('s'), [link('tv', '1'), link('mobile', '1')])
      await open('b', identity('t'), [link('tv', '2')])
      expect(await accounts().totals()).toEqual({ identities: 2, links: 3 })
      await erase('a')
      expect(await accounts().totals()).toEqual({ identities: 1, links: 1 })
    })
  }

  const describeRequests = () => {
    test('an erasure that was asked for is due at its time, once it was asked the first time counts', async () => {
      expect(await erasures().request('a' as AccountId, 50)).toBe(50)
      expect(await erasures().request('b' as AccountId, 40)).toBe(40)
      expect(await erasures().request('a' as AccountId, 90)).toBe(50)
      expect(await erasures().requested('a' as AccountId)).toBe(50)
      expect(await erasures().requested('c' as AccountId)).toBeUndefined()
      expect(await erasures().due({ now: 39, limit: 10 })).toEqual([])
      expect(await erasures().due({ now: 50, limit: 10 })).toEqual(['b', 'a'])
      expect(await erasures().due({ now: 50, limit: 1 })).toEqual(['b'])
    })

    test('it can be taken back, once, and ends with the account', async () => {
      await open('a')
      await erasures().request('a' as AccountId, 50)
      const taken = await race(() => erasures().withdraw('a' as AccountId))
      expect(taken.filter(Boolean)).toHaveLength(1)
      expect(await erasures().requested('a' as AccountId)).toBeUndefined()
      await erasures().request('a' as AccountId, 60)
      await erase('a')
      expect(await erasures().due({ now: 99, limit: 10 })).toEqual([])
    })

    test('of parallel requests one counts, and all learn which', async () => {
      const times = await race(index => erasures().request('a' as AccountId, index + 1))
      expect(new Set(times).size).toBe(1)
    })
  }

  describe('erasing', () => {
    describeErasure()
    describeRequests()
    describeLooking()
  })
}
