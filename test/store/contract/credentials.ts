import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { CustomerLink } from '#src/store/ports/accounts.ts'
import type { AccountImport } from '#src/store/ports/credentials.ts'
import { AWKWARD_IDS, type Context, LARGE, race } from './context.ts'

const identity = (subject: string, clientId = 'PIAS'): IdentityKey => ({
  issuer: 'https://idp.example',
  clientId,
  subject,
})

const link = (customerId: string, serviceLine: CustomerLink['serviceLine'] = 'tv'): CustomerLink => ({
  serviceLine,
  customerId,
  method: 'import',
  ruleVersion: 'import',
  evidence: { from: 'legacy' },
})

/** The contract of `CredentialsPort`. */
export const describeCredentials = (context: Context): void => {
  const port = () => context.store().credentials
  const accounts = () => context.store().accounts
  const idOf = (id: string) => id as AccountId

  type Parts = {
    username?: string
    customers?: readonly CustomerLink[]
    identity?: IdentityKey
    subjects?: Record<string, string>
    legacyId?: string
    retiresAt?: number
  }
  const anImport = (id: string, parts: Parts = {}): AccountImport => {
    const { subjects, username, customers = [], legacyId = `legacy ${id}`, retiresAt } = parts
    const createdAt = context.now()
    return {
      account: { id: idOf(id), createdAt, updatedAt: createdAt, claims: {}, ...(subjects && { subjects }) },
      subjects: Object.entries(subjects ?? {}).map(([clientId, subject]) => ({ clientId, subject })),
      credential: {
        legacyId,
        document: `document of ${id}`,
        digest: `digest of ${id}`,
        ...(username !== undefined && { username }),
        ...(retiresAt !== undefined && { retiresAt }),
      },
      ...(parts.identity && { identity: parts.identity }),
      customers,
      events: [{ at: 1, type: 'account.opened', accountId: id, data: {} }],
      dataKey: `key of ${id}`,
    }
  }
  const bring = (id: string, parts: Parts = {}) => port().importMany([anImport(id, parts)])
  const typesOf = async (accountId: string) =>
    (await context.store().audit.list({ after: 0, limit: 100, accountId })).map(({ type }) => type)

  const bind = async (
    id: string,
    key: IdentityKey,
    more: { customers?: CustomerLink[]; enteredAt?: number; retiresAt?: number; from?: number } = {},
  ) => {
    const at = context.now()
    const {
      customers = [],
      enteredAt = at,
      retiresAt = at,
      from = (await accounts().find(idOf(id)))?.updatedAt ?? 0,
    } = more
    const claims = { from, claims: { name: 'Zoë' }, updatedAt: at + 1 }
    const events = [{ at, type: 'identity.bound', accountId: id, data: {} }]
    return port().bind({
      accountId: idOf(id),
      identity: key,
      claims,
      customers,
      at,
      enteredAt,
      retiresAt,
      events,
    })
  }

  const describeImport = () => {
    test('brings an account in with its login, records, identity and subjects', async () => {
      const subjects = { app: 'sub-1', 'an other $app.': LARGE }
      const customers = [{ ...link('1'), role: 'holder' as const }, link('1', 'mobile')]
      expect(await bring('a', { username: 'zoë', customers, identity: identity('s'), subjects })).toBe('imported')
      const credential = { accountId: 'a', legacyId: 'legacy a', username: 'zoë' }
      const stored = { ...credential, document: 'document of a', digest: 'digest of a' }
      expect(await port().find(idOf('a'))).toEqual(stored)
      expect(await port().findByUsername('zoë')).toEqual(stored)
      expect(await port().findByLegacyIds(['none', 'legacy a'])).toEqual(new Map([['legacy a', stored]]))
      expect(await accounts().find(idOf('a'))).toMatchObject({ id: 'a', claims: {}, subjects })
      expect(await accounts().findByIdentity(identity('s'))).toBe('a')
      expect((await accounts().customersOf(idOf('a'))).map(customerKeyOf)).toEqual(['mobile:1', 'tv:1'])
      expect(await port().isSubjectTaken({ clientId: 'app', subject: 'sub-1' })).toBe(true)
      expect(await typesOf('a')).toEqual(['account.opened'])
      expect(await port().totals()).toEqual({ credentials: 1, subjects: 2 })
    })

    test('an account may have nothing but its id from before', async () => {
      await bring('a')
      expect(await port().find(idOf('a'))).toEqual({
        accountId: 'a',
        legacyId: 'legacy a',
        document: 'document of a',
        digest: 'digest of a',
      })
      expect(await accounts().find(idOf('a'))).not.toHaveProperty('subjects')
      expect(await port().findByUsername('')).toBeUndefined()
      expect(await port().findByLegacyIds([])).toEqual(new Map())
      expect(await accounts().survey({ after: '', limit: 9 })).toEqual([
        { id: 'a', identities: 0, links: 0, credentials: 1 },
      ])
    })

    test('where anything is taken, nothing of the batch is written', async () => {
      const subjects = { app: 'sub' }
      await bring('a', { username: 'u', customers: [link('1')], identity: identity('s'), subjects })
      const takers: Parts[] = [
        { legacyId: 'legacy a' },
        { username: 'u' },
        { customers: [link('1')] },
        { identity: identity('s') },
        { subjects },
      ]
      for (const parts of takers) {
        expect(await port().importMany([anImport('b', { customers: [link('2')] }), anImport('c', parts)])).toBe('taken')
      }
      for (const id of ['b', 'c']) {
        expect(await port().find(idOf(id))).toBeUndefined()
        expect(await accounts().find(idOf(id))).toBeUndefined()
        expect(await typesOf(id)).toEqual([])
      }
      expect((await accounts().ownersOf([link('2')])).size).toBe(0)
      expect(await port().totals()).toEqual({ credentials: 1, subjects: 1 })
      // The same words at another app are another subject.
      expect(await bring('d', { subjects: { 'other app': 'sub' } })).toBe('imported')
    })

    test('of parallel imports of one login, record, identity or subject one wins', async () => {
      const outcomes = await race(racer => bring(`a${racer}`, { username: 'u', customers: [link('1')] }))
      expect(outcomes.filter(one => one === 'imported')).toHaveLength(1)
      expect(await port().totals()).toEqual({ credentials: 1, subjects: 0 })
    })

    test('keeps awkward names apart', async () => {
      const batch = AWKWARD_IDS.map((id, at) =>
        anImport(`a${at}`, { username: id, legacyId: id, subjects: { app: id } }),
      )
      expect(await port().importMany(batch)).toBe('imported')
      for (const [at, id] of AWKWARD_IDS.entries()) {
        expect(await port().findByUsername(id)).toMatchObject({ accountId: `a${at}`, legacyId: id })
        expect(await port().isSubjectTaken({ clientId: 'app', subject: id })).toBe(true)
      }
      expect((await port().findByLegacyIds(AWKWARD_IDS)).size).toBe(AWKWARD_IDS.length)
      expect(await port().importMany([])).toBe('imported')
    })
  }

  const describeReplacing = () => {
    const replace = (id: string, username?: string) =>
      port().replace(
        {
          accountId: idOf(id),
          legacyId: `legacy ${id}`,
          document: 'newer',
          digest: `digest of ${id}`,
          ...(username !== undefined && { username }),
        },
        [{ at: 2, type: 'credential.replaced', accountId: id, data: {} }],
      )

    test('a newer login takes the place of the older', async () => {
      await bring('a', { username: 'u' })
      expect(await replace('a', 'v')).toBe('replaced')
      expect(await port().findByUsername('u')).toBeUndefined()
      expect(await port().findByUsername('v')).toMatchObject({
        accountId: 'a',
        document: 'newer',
        legacyId: 'legacy a',
      })
      expect(await bring('b', { username: 'u' })).toBe('imported')
      expect(await replace('a', 'u')).toBe('taken')
      expect(await port().findByUsername('v')).toMatchObject({ accountId: 'a' })
      expect(await replace('a')).toBe('replaced')
      expect(await port().findByUsername('v')).toBeUndefined()
      expect(await port().find(idOf('a'))).not.toHaveProperty('username')
      expect(await replace('none', 'w')).toBe('gone')
      expect(await port().findByUsername('w')).toBeUndefined()
      expect(await typesOf('a')).toEqual(['account.opened', 'credential.replaced', 'credential.replaced'])
    })

    test('ends once, and never later than it was to', async () => {
      const retire = (id: string, retiresAt: number) =>
        port().retire({ accountId: idOf(id), retiresAt, events: [{ at: 2, type: 'ended', accountId: id, data: {} }] })
      await bring('a')
      expect(await retire('a', 9)).toBe(true)
      expect(await port().find(idOf('a'))).toMatchObject({ retiresAt: 9 })
      expect(await retire('a', 12)).toBe(true)
      expect(await port().find(idOf('a'))).toMatchObject({ retiresAt: 9 })
      expect(await retire('a', 5)).toBe(true)
      expect(await port().find(idOf('a'))).toMatchObject({ retiresAt: 5 })
      expect(await retire('none', 5)).toBe(false)
      expect(await typesOf('none')).toEqual([])
    })
  }

  const describeBinding = () => {
    test('binds an identity with its claims and records, ends logins and the old login', async () => {
      const subjects = { app: 'sub' }
      await bring('a', { username: 'u', customers: [link('1')], subjects })
      const at = context.now()
      const customers = [link('1'), link('2')]
      expect(await bind('a', identity('s'), { customers, retiresAt: at + 9 })).toEqual({ kind: 'bound' })
      expect(await accounts().findByIdentity(identity('s'))).toBe('a')
      const bound = { claims: { name: 'Zoë' }, updatedAt: at + 1, loginsNotBefore: at, subjects }
      expect(await accounts().find(idOf('a'))).toMatchObject(bound)
      expect((await accounts().customersOf(idOf('a'))).map(customerKeyOf)).toEqual(['tv:1', 'tv:2'])
      expect(await port().find(idOf('a'))).toMatchObject({ retiresAt: at + 9 })
      expect(await typesOf('a')).toEqual(['account.opened', 'identity.bound'])
    })

    test('what stands in the way is told, and nothing is written', async () => {
      await bring('a', { identity: identity('s') })
      await bring('b')
      await bring('c', { customers: [link('1')] })
      await bring('d', { retiresAt: context.now() })
      expect(await bind('b', identity('s'))).toEqual({ kind: 'identity-owned', accountId: 'a' })
      expect(await bind('a', identity('t'))).toEqual({ kind: 'account-bound' })
      expect(await bind('b', identity('t'), { customers: [link('1')] })).toEqual({ kind: 'customer-owned' })
      expect(await bind('d', identity('t'))).toEqual({ kind: 'gone' })
      expect(await bind('none', identity('t'))).toEqual({ kind: 'gone' })
      expect(await bind('b', identity('t'), { from: 1 })).toEqual({ kind: 'stale' })
      expect(await accounts().findByIdentity(identity('t'))).toBeUndefined()
      expect(await accounts().find(idOf('b'))).toMatchObject({ claims: {} })
      expect(await port().find(idOf('b'))).not.toHaveProperty('retiresAt')
      expect(await typesOf('b')).toEqual(['account.opened'])
      // An identity of another client is another place.
      expect(await bind('a', identity('t', 'OTHER'))).toEqual({ kind: 'bound' })
    })

    test('is bound by no old login of an account that is closed to it, and by none from before its logins were ended', async () => {
      const at = context.now()
      for (const id of ['blocked', 'ended', 'part', 'whole']) await bring(id)
      await accounts().changeAccess({ id: idOf('blocked'), blocked: true, events: [] })
      await accounts().changeAccess({ id: idOf('ended'), loginsNotBefore: at, events: [] })
      const merge = { thing: 'account' as const, account: idOf('part'), apps: [], to: idOf('whole') }
      const change = {
        id: 'c',
        kind: 'merge' as const,
        state: 'done' as const,
        at,
        by: 'x',
        reason: 'y',
        moves: [merge],
      }
      await context.store().linkChanges.apply({ change, opens: [], endLogins: [], events: [] })
      expect(await bind('blocked', identity('s'))).toEqual({ kind: 'gone' })
      expect(await bind('part', identity('s'))).toEqual({ kind: 'gone' })
      expect(await bind('ended', identity('s'), { enteredAt: at - 1 })).toEqual({ kind: 'gone' })
      expect(await accounts().findByIdentity(identity('s'))).toBeUndefined()
      expect(await bind('ended', identity('s'), { enteredAt: at })).toEqual({ kind: 'bound' })
    })

    test('of parallel identities one is bound, and of parallel accounts one gets the identity', async () => {
      await bring('a')
      const identities = await race(racer => bind('a', identity(`s${racer}`), { retiresAt: context.now() + 9 }))
      expect(identities.filter(({ kind }) => kind === 'bound')).toHaveLength(1)
      expect(identities.filter(({ kind }) => kind === 'account-bound')).toHaveLength(identities.length - 1)
      await race(racer => bring(`b${racer}`))
      const owners = await race(racer => bind(`b${racer}`, identity('t')))
      expect(owners.filter(({ kind }) => kind === 'bound')).toHaveLength(1)
      expect(owners.filter(({ kind }) => kind === 'identity-owned')).toHaveLength(owners.length - 1)
    })

    test('go with the account, and what was theirs is free', async () => {
      const parts = { username: 'u', customers: [link('1')], identity: identity('s'), subjects: { app: 'sub' } }
      await bring('a', parts)
      await accounts().erase({ id: idOf('a'), erasedAt: 5, events: [] })
      expect(await port().find(idOf('a'))).toBeUndefined()
      expect(await port().findByUsername('u')).toBeUndefined()
      expect(await port().findByLegacyIds(['legacy a'])).toEqual(new Map())
      expect(await port().isSubjectTaken({ clientId: 'app', subject: 'sub' })).toBe(false)
      expect(await port().totals()).toEqual({ credentials: 0, subjects: 0 })
      expect(await bring('b', { ...parts, legacyId: 'legacy a' })).toBe('imported')
    })
  }

  describe('credentials', () => {
    describeImport()
    describeReplacing()
    describeBinding()
  })
}
