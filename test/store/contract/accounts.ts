import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId, IdentityClaims, IdentityKey } from '#src/kernel/identity.ts'
import type { Account, CustomerLink } from '#src/store/ports/accounts.ts'
import { changeClaims } from '#src/store/ports/change-claims.ts'
import { AWKWARD_IDS, AWKWARD_JSON, type Context, LARGE, RACERS, race } from './context.ts'

const CLAIMS: IdentityClaims = {
  name: 'Zoë Peeters-李',
  givenName: 'Zoë Marie',
  birthdate: '1980-02-29',
  emailVerified: false,
  address: { formatted: 'Rue Synthétique 1\n1000 Bruxelles' },
}

const identity = (subject: string, more: Partial<IdentityKey> = {}): IdentityKey => ({
  issuer: 'https://idp.example',
  clientId: 'PIAS',
  subject,
  ...more,
})

const link = (serviceLine: CustomerLink['serviceLine'], customerId: string): CustomerLink => ({
  serviceLine,
  customerId,
  method: 'match',
  ruleVersion: 'rule-1',
  evidence: { bits: 31.5 },
})

const event = (accountId: string) => ({ at: 1, type: 'account.opened', accountId, data: {} })

/** The contract of `AccountsPort`. */
export const describeAccounts = (context: Context): void => {
  const port = () => context.store().accounts
  const account = (id: string, claims = CLAIMS): Account => {
    const createdAt = context.now()
    return { id: id as AccountId, createdAt, updatedAt: createdAt, claims }
  }
  const open = (id: string, key: IdentityKey, customers: readonly CustomerLink[] = []) =>
    port().open({ account: account(id), identity: key, customers, events: [event(id)] })
  const types = async () => (await context.store().audit.list({ after: 0, limit: 100 })).map(({ type }) => type)

  /** Nothing of an account was left behind. */
  const expectNothingOf = async (id: string, key: IdentityKey) => {
    expect(await port().find(id as AccountId)).toBeUndefined()
    expect(await port().findByIdentity(key)).toBeUndefined()
    expect(await port().findWithIdentity(key)).toBeUndefined()
    expect(await port().customersOf(id as AccountId)).toEqual([])
    expect(await context.store().audit.list({ after: 0, limit: 100, accountId: id })).toEqual([])
  }

  const describeOpening = () => {
    test('opens an account with its identity, customers and events', async () => {
      const customers = [
        { ...link('tv', '2'), role: 'holder' as const },
        { ...link('mobile', '9'), method: 'proof' as const, evidence: AWKWARD_JSON },
        link('mobile', '10'),
      ]
      const opened = account('a', { ...CLAIMS, name: LARGE })
      const events = [event('a'), { ...event('a'), type: 'link.made' }]
      expect(await port().open({ account: opened, identity: identity('s'), customers, events })).toEqual({
        kind: 'bound',
        accountId: 'a',
      })
      expect(await port().find(opened.id)).toEqual(opened)
      expect(await port().findByIdentity(identity('s'))).toBe('a')
      expect(await port().findWithIdentity(identity('s'))).toEqual(opened)
      // By service line, then customer id, both as text.
      const stored = [customers[2], customers[1], customers[0]].map(one => ({ ...one, linkedAt: opened.createdAt }))
      expect(await port().customersOf(opened.id)).toEqual(stored)
      expect(await types()).toEqual(['account.opened', 'link.made'])
    })

    test('knows neither account, identity nor owner before', async () => {
      await expectNothingOf('a', identity('s'))
      expect(await port().ownersOf([{ serviceLine: 'tv', customerId: '1' }])).toEqual(new Map())
    })

    test('an identity is all three parts of its key', async () => {
      await open('a', identity('s'))
      expect(await port().findByIdentity(identity('s', { issuer: 'https://other.example' }))).toBeUndefined()
      expect(await port().findByIdentity(identity('s', { clientId: 'OTHER' }))).toBeUndefined()
      expect(await port().findByIdentity(identity('S'))).toBeUndefined()
      expect(await port().findWithIdentity(identity('S'))).toBeUndefined()
      expect(await open('b', identity('s', { issuer: 'https://other.example' }))).toMatchObject({ kind: 'bound' })
      expect(await open('c', identity('s', { clientId: 'OTHER' }))).toMatchObject({ kind: 'bound' })
    })

    test('an identity that has an account gets that one, and nothing is written', async () => {
      await open('a', identity('s'), [link('tv', '1')])
      const again = await open('b', identity('s'), [link('mobile', '1')])
      expect(again).toEqual({ kind: 'already', accountId: 'a' })
      expect(await port().find('b' as AccountId)).toBeUndefined()
      expect((await port().ownersOf([link('mobile', '1')])).size).toBe(0)
      expect(await types()).toHaveLength(1)
    })

    test('a record that belongs to another account stops everything', async () => {
      await open('a', identity('s'), [link('tv', '1'), link('mobile', '1')])
      const customers = [link('landline', '1'), link('mobile', '1'), link('tv', '1'), link('tv', '2')]
      expect(await open('b', identity('t'), customers)).toEqual({
        kind: 'owned-elsewhere',
        customers: [
          { serviceLine: 'mobile', customerId: '1' },
          { serviceLine: 'tv', customerId: '1' },
        ],
      })
      await expectNothingOf('b', identity('t'))
      expect((await port().ownersOf([link('landline', '1'), link('tv', '2')])).size).toBe(0)
    })

    test('a known identity comes before records owned elsewhere', async () => {
      await open('a', identity('s'), [link('tv', '1')])
      await open('b', identity('t'), [link('tv', '2')])
      expect(await open('c', identity('t'), [link('tv', '1')])).toEqual({ kind: 'already', accountId: 'b' })
    })

    test('refuses a record named twice and an account id used twice, and leaves nothing behind', async () => {
      await expect(open('a', identity('s'), [link('tv', '1'), link('tv', '1')])).rejects.toThrow()
      await expectNothingOf('a', identity('s'))
      await open('a', identity('s'), [link('tv', '1')])
      await expect(open('a', identity('t'), [link('tv', '2')])).rejects.toThrow()
      await expect(open('b', identity('s'), [link('tv', '3'), link('tv', '3')])).rejects.toThrow()
      expect(await port().findByIdentity(identity('t'))).toBeUndefined()
      expect((await port().ownersOf([link('tv', '2')])).size).toBe(0)
      expect(await types()).toHaveLength(1)
    })
  }

  const describeAccess = () => {
    const id = 'a' as AccountId
    const change = (values: { blocked?: boolean; loginsNotBefore?: number }) =>
      port().changeAccess({ id, ...values, events: [{ ...event('a'), type: 'account.access' }] })
    const access = async () => {
      const { blocked, loginsNotBefore } = (await port().find(id)) ?? {}
      return { blocked, loginsNotBefore }
    }

    test('is open until it is changed, each part for itself, with an event each time', async () => {
      await open('a', identity('s'))
      expect(await access()).toEqual({})
      expect(await change({ blocked: true, loginsNotBefore: 1000 })).toBe(true)
      expect(await access()).toEqual({ blocked: true, loginsNotBefore: 1000 })
      expect(await change({ loginsNotBefore: 2000 })).toBe(true)
      expect(await change({ blocked: false })).toBe(true)
      expect(await access()).toEqual({ loginsNotBefore: 2000 })
      expect(await port().find(id)).toEqual({ ...account('a'), loginsNotBefore: 2000 })
      expect(await types()).toEqual(['account.opened', ...Array(3).fill('account.access')])
    })

    test('what was ended does not come back', async () => {
      await open('a', identity('s'))
      await change({ loginsNotBefore: 2000 })
      expect(await change({ loginsNotBefore: 1000 })).toBe(true)
      expect(await access()).toEqual({ loginsNotBefore: 2000 })
      await race(racer => change({ loginsNotBefore: 2000 + racer }))
      expect(await access()).toEqual({ loginsNotBefore: 2000 + RACERS - 1 })
    })

    test('of an account that is not there cannot be changed', async () => {
      expect(await change({ blocked: true })).toBe(false)
      expect(await types()).toEqual([])
    })
  }

  const describeRaces = () => {
    test('of parallel openings for one identity one is bound, the others get its account', async () => {
      const customers = [link('tv', '1'), link('mobile', '1')]
      const results = await race(racer => open(`a${racer}`, identity('s'), customers))
      const [winner, ...more] = results.filter(({ kind }) => kind === 'bound')
      expect(more).toEqual([])
      const accountId = winner?.kind === 'bound' ? winner.accountId : undefined
      expect(results.filter(result => result.kind === 'already' && result.accountId === accountId)).toHaveLength(
        RACERS - 1,
      )
      expect(await port().findByIdentity(identity('s'))).toBe(accountId)
      expect(await types()).toEqual(['account.opened'])
    })

    test('of parallel openings for one record one is bound, the others write nothing', async () => {
      const results = await race(racer => open(`a${racer}`, identity(`s${racer}`), [link('tv', '1')]))
      expect(results.filter(({ kind }) => kind === 'bound')).toHaveLength(1)
      expect(results.filter(({ kind }) => kind === 'owned-elsewhere')).toHaveLength(RACERS - 1)
      const found = await race(racer => port().find(`a${racer}` as AccountId))
      expect(found.filter(Boolean)).toHaveLength(1)
      expect(await types()).toEqual(['account.opened'])
    })
  }

  const describeRest = () => {
    test('takes over new claims whole, of one account only', async () => {
      await open('a', identity('s'))
      await open('b', identity('t'))
      const { createdAt } = account('a')
      await context.advance(60)
      const updatedAt = context.now()
      const change = { from: createdAt, claims: { familyName: 'Nieuw' }, updatedAt }
      expect(await port().updateClaims('a' as AccountId, change)).toBe(true)
      const updated = { id: 'a', createdAt, updatedAt, claims: { familyName: 'Nieuw' } }
      expect(await port().find('a' as AccountId)).toEqual(updated)
      expect(await port().find('b' as AccountId)).toMatchObject({ claims: CLAIMS, updatedAt: createdAt })
    })

    test('claims of an account that does not exist make none', async () => {
      expect(await port().updateClaims('none' as AccountId, { from: 1, claims: CLAIMS, updatedAt: 2 })).toBe(false)
      expect(await port().find('none' as AccountId)).toBeUndefined()
    })

    test('claims are changed from the version they were read in alone; of parallel changes from it one counts', async () => {
      await open('a', identity('s'))
      const { createdAt } = account('a')
      const change = (from: number, name: string) =>
        port().updateClaims('a' as AccountId, { from, claims: { name }, updatedAt: createdAt + 1 })
      const changed = await race(racer => change(createdAt, `name ${racer}`))
      expect(changed.filter(Boolean)).toHaveLength(1)
      expect(await change(createdAt, 'late')).toBe(false)
      const name = `name ${changed.indexOf(true)}`
      expect(await port().find('a' as AccountId)).toMatchObject({ claims: { name }, updatedAt: createdAt + 1 })
    })

    test('parallel changes of claims, each of what the others have made, are all made', async () => {
      await open('a', identity('s'))
      const read = await port().find('a' as AccountId)
      if (read === undefined) throw new Error('the account was not opened')
      const sources = (racers: number[]) =>
        Object.fromEntries(racers.map(racer => [`${racer}`, { by: 'x', since: racer }]))
      await race(racer =>
        changeClaims(port(), read, context.now(), claims => ({
          ...claims,
          sources: { ...claims.sources, ...sources([racer]) },
        })),
      )
      const all = sources(Array.from({ length: RACERS }, (_, racer) => racer))
      expect((await port().find('a' as AccountId))?.claims).toEqual({ ...CLAIMS, sources: all })
    })

    test('tells who owns which record, within the service line', async () => {
      await open('a', identity('s'), [link('tv', '1')])
      await open('b', identity('t'), [link('mobile', '1')])
      const keys = [link('tv', '1'), link('mobile', '1'), link('internet', '1'), link('tv', '2')]
      expect(await port().ownersOf(keys)).toEqual(
        new Map([
          ['tv:1', 'a'],
          ['mobile:1', 'b'],
        ]),
      )
      expect(await port().ownersOf([])).toEqual(new Map())
    })

    test('keeps awkward ids apart', async () => {
      const keyOf = (id: string) => identity(id, { issuer: id, clientId: id })
      for (const id of AWKWARD_IDS) {
        expect(await open(id, keyOf(id), [link('tv', id)])).toEqual({ kind: 'bound', accountId: id })
      }
      const owners = await port().ownersOf(AWKWARD_IDS.map(id => link('tv', id)))
      for (const id of AWKWARD_IDS) {
        expect((await port().find(id as AccountId))?.id).toBe(id)
        expect(await port().findByIdentity(keyOf(id))).toBe(id)
        expect((await port().customersOf(id as AccountId)).map(({ customerId }) => customerId)).toEqual([id])
        expect(owners.get(customerKeyOf(link('tv', id)))).toBe(id)
      }
    })
  }

  describe('accounts', () => {
    describeOpening()
    describeAccess()
    describeRaces()
    describeRest()
  })
}
