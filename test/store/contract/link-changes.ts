import type { CustomerKey } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { LinkChange, LinkMove } from '#src/store/ports/link-changes.ts'
import type { Review, ReviewClosing } from '#src/store/ports/reviews.ts'
import { AWKWARD_IDS, AWKWARD_JSON, type Context, race } from './context.ts'

const [A, B, C] = ['a', 'b', 'c'] as AccountId[] as [AccountId, AccountId, AccountId]

const identity = (subject: string, issuer = 'https://idp.example'): IdentityKey => ({
  issuer,
  clientId: 'PIAS',
  subject,
})
const TV: CustomerKey = { serviceLine: 'tv', customerId: '1' }

/** The contract of `LinkChangesPort`. */
export const describeLinkChanges = (context: Context): void => {
  const port = () => context.store().linkChanges
  const accounts = () => context.store().accounts
  const link = (more: Partial<StoredCustomerLink> = {}): StoredCustomerLink => ({
    ...TV,
    method: 'match',
    ruleVersion: 'rule-1',
    evidence: { bits: 31.5 },
    linkedAt: context.now(),
    ...more,
  })
  const open = (id: AccountId, key: IdentityKey, customers: readonly StoredCustomerLink[] = []) => {
    const account = { id, createdAt: context.now(), updatedAt: context.now(), claims: { name: `Synthetic ${id}` } }
    return accounts().open({ account, identity: key, customers, events: [] })
  }
  let changes = 0
  const change = (moves: readonly LinkMove[], more: Partial<LinkChange> = {}): LinkChange => {
    changes += 1
    return {
      id: `change-${changes}`,
      kind: 'link',
      state: 'done',
      at: context.now(),
      by: 'admin-1',
      reason: 'why',
      moves,
      ...more,
    }
  }
  const event = (accountId: string) => ({ at: context.now(), type: 'links.changed', accountId, data: {} })
  const apply = (done: LinkChange, more: { endLogins?: AccountId[]; closes?: ReviewClosing } = {}) =>
    port().apply({ change: done, opens: [], endLogins: [], events: [event('a')], ...more })
  const move = (moves: readonly LinkMove[], more: Partial<LinkChange> = {}) => apply(change(moves, more))
  const events = async () => (await context.store().audit.list({ after: 0, limit: 100 })).length

  const record = (to?: AccountId, from?: AccountId, of = link()): LinkMove => ({
    thing: 'record',
    record: { serviceLine: of.serviceLine, customerId: of.customerId },
    link: of,
    ...(from && { from }),
    ...(to && { to }),
  })
  const merge = (account: AccountId, to?: AccountId, from?: AccountId): LinkMove => ({
    thing: 'account',
    account,
    apps: ['app-1'],
    ...(from && { from }),
    ...(to && { to }),
  })

  beforeEach(() => {
    changes = 0
  })

  const describeRecords = () => {
    test('remembers what was taken from somebody and given to nobody, until that is undone', async () => {
      const other: CustomerKey = { serviceLine: 'mobile', customerId: '1' }
      const contested = async () => [...(await accounts().contestedAmong([TV, other]))]
      await open(A, identity('s'), [link()])
      await open(B, identity('t'))
      expect(await contested()).toEqual([])
      const taken = change([record(undefined, A)], { kind: 'unlink' })
      expect(await apply(taken)).toBe('done')
      expect(await contested()).toEqual(['tv:1'])
      const undone = { kind: 'undo' as const, undoes: taken.id }
      expect(await move([record(A)], undone)).toBe('done')
      expect(await contested()).toEqual([])
      expect(await move([record(B, A)], { kind: 'split' })).toBe('done')
      expect(await contested()).toEqual([])
      // Given to somebody else later it was wrong once all the same.
      expect(await move([record(undefined, B)], { kind: 'unlink' })).toBe('done')
      expect(await move([record(A, undefined, link({ method: 'admin' }))])).toBe('done')
      await accounts().erase({ id: A, erasedAt: 5, events: [] })
      expect(await contested()).toEqual(['tv:1'])
      expect(await accounts().contestedAmong([])).toEqual(new Set())
    })

    test('what was taken from somebody is given to nobody by match: a proof and people may', async () => {
      await open(A, identity('s'), [link()])
      await open(B, identity('t'))
      expect(await move([record(undefined, A)], { kind: 'unlink' })).toBe('done')
      const other = link({ serviceLine: 'mobile' })
      expect(await open(C, identity('u'), [other, link()])).toEqual({ kind: 'contested' })
      expect(await accounts().findByIdentity(identity('u'))).toBeUndefined()
      expect((await accounts().ownersOf([other])).size).toBe(0)
      expect(await open(C, identity('s'), [link()])).toEqual({ kind: 'already', accountId: A })
      expect(await move([record(B)])).toBe('stale')
      expect(await move([record(B, undefined, link({ method: 'proof' }))])).toBe('done')
      expect(await move([record(undefined, B)], { kind: 'unlink' })).toBe('done')
      expect(await open(C, identity('u'), [other, link({ method: 'proof' })])).toMatchObject({ kind: 'bound' })
      expect(await move([record(B, C)], { kind: 'split' })).toBe('done')
    })

    test('what is taken from somebody while others come for it goes to none of them', async () => {
      for (const round of [1, 2, 3]) {
        const record = link({ customerId: `raced-${round}` })
        const owner = `owner-${round}` as AccountId
        await open(owner, identity(owner), [record])
        const [taken, ...outcomes] = await race(racer => {
          const taking: LinkMove = { thing: 'record', record, link: record, from: owner }
          const id = `${round}-${racer}`
          return racer === 0
            ? move([taking], { kind: 'unlink' })
            : open(id as AccountId, identity(id), [record]).then(({ kind }) => kind)
        })
        expect(taken).toBe('done')
        expect(new Set(['owned-elsewhere', 'contested', ...outcomes]).size).toBe(2)
        expect((await accounts().ownersOf([record])).size).toBe(0)
      }
    })

    test('gives a record to an account, to another, to nobody, and back, as it was', async () => {
      await open(A, identity('s'))
      await open(B, identity('t'))
      const given = link({ role: 'user', evidence: AWKWARD_JSON, method: 'admin' })
      expect(await move([record(A, undefined, given)])).toBe('done')
      expect(await accounts().customersOf(A)).toEqual([given])
      await context.advance(60)
      expect(await move([record(B, A, given)])).toBe('done')
      expect(await accounts().customersOf(A)).toEqual([])
      expect(await accounts().customersOf(B)).toEqual([given])
      const removal = change([record(undefined, B, given)])
      expect(await apply(removal)).toBe('done')
      expect((await accounts().ownersOf([TV])).size).toBe(0)
      const [kept] = (await port().find(removal.id))?.moves ?? []
      expect(kept).toEqual(record(undefined, B, given))
      expect(await move([record(B, undefined, given)])).toBe('done')
      expect(await accounts().customersOf(B)).toEqual([given])
      expect(await events()).toBe(4)
    })

    test('nothing is written when something is not where it is said to be', async () => {
      await open(A, identity('s'), [link()])
      await open(B, identity('t'))
      const other = link({ customerId: '2' })
      for (const moves of [
        [record(A)],
        [record(A, B)],
        [record(B, undefined, other), record(undefined, B)],
        [record('none' as AccountId, A)],
        [record(A, 'none' as AccountId)],
        [{ ...record(B, undefined, other), link: undefined } as unknown as LinkMove],
      ]) {
        const refused = change(moves)
        expect(await apply(refused)).toBe('stale')
        expect(await port().find(refused.id)).toBeUndefined()
      }
      expect(await accounts().customersOf(A)).toEqual([link()])
      expect(await accounts().customersOf(B)).toEqual([])
      expect(await events()).toBe(0)
    })

    test('of parallel takers of one record one gets it', async () => {
      await open(A, identity('s'), [link()])
      await open(B, identity('t'))
      await open(C, identity('u'))
      const results = await race(racer => apply({ ...change([record(racer % 2 ? B : C, A)]), id: `race-${racer}` }))
      expect(results.filter(result => result === 'done')).toHaveLength(1)
      expect(await accounts().ownersOf([TV])).toEqual(new Map([['tv:1', results.indexOf('done') % 2 ? B : C]]))
      expect(await events()).toBe(1)
    })
  }

  const describeIdentities = () => {
    test('tells the identities of an account, and moves them', async () => {
      await open(A, identity('s'))
      await open(B, identity('t', 'https://other.example'))
      const [bound, ...more] = await port().identitiesOf(A)
      expect(more).toEqual([])
      expect(bound).toEqual(await port().referTo(identity('s')))
      expect(await port().ownerOf(bound as IdentityKey)).toBe(A)
      expect(await port().ownerOf(await port().referTo(identity('u')))).toBeUndefined()
      expect(await move([{ thing: 'identity', identity: bound as IdentityKey, from: A, to: B }])).toBe('done')
      expect(await accounts().findByIdentity(identity('s'))).toBe(B)
      expect(await port().ownerOf(bound as IdentityKey)).toBe(B)
      expect(await port().identitiesOf(A)).toEqual([])
      expect((await port().identitiesOf(B)).map(({ issuer }) => issuer)).toEqual([
        'https://idp.example',
        'https://other.example',
      ])
    })

    test('binds an identity that nobody has, and retires one', async () => {
      await open(A, identity('s'))
      const [old] = (await port().identitiesOf(A)) as [IdentityKey]
      const fresh = await port().referTo(identity('new'))
      const rebound: LinkMove[] = [
        { thing: 'identity', identity: old, from: A },
        { thing: 'identity', identity: fresh, to: A },
      ]
      expect(await move(rebound)).toBe('done')
      expect(await accounts().findByIdentity(identity('s'))).toBeUndefined()
      expect(await accounts().findByIdentity(identity('new'))).toBe(A)
      expect(await move(rebound)).toBe('stale')
    })

    test('an account has one identity of an upstream, and an identity one account', async () => {
      await open(A, identity('s'))
      await open(B, identity('t'))
      const [of] = (await port().identitiesOf(B)) as [IdentityKey]
      expect(await move([{ thing: 'identity', identity: of, from: B, to: A }])).toBe('stale')
      expect(await move([{ thing: 'identity', identity: of, to: C }])).toBe('stale')
      expect(await move([{ thing: 'identity', identity: await port().referTo(identity('u')), to: A }])).toBe('stale')
      expect(await accounts().findByIdentity(identity('t'))).toBe(B)
    })
  }

  const describePasskeys = () => {
    const add = async (accountId: AccountId, id: string) =>
      context
        .store()
        .passkeys.add({ id, accountId, document: 'd', counter: 0, createdAt: 1 }, { most: 1, loggedInAt: 1 }, [])
    const held = async () =>
      (await Promise.all([A, B, C].map(id => context.store().passkeys.list(id)))).map(list => list.map(({ id }) => id))

    const openAll = async () => {
      for (const [id, subject] of [
        [A, 's'],
        [B, 't'],
        [C, 'u'],
      ] as const) {
        await open(id, identity(subject), id === A ? [link()] : [])
        expect(await add(id, `of ${id}`)).toBe('added')
      }
    }

    test('passkeys of an account that an identity leaves go with it, and make room', async () => {
      await openAll()
      const [leaving] = (await port().identitiesOf(A)) as [IdentityKey]
      const stays: LinkMove = { thing: 'identity', identity: leaving, from: B }
      expect(await move([stays])).toBe('stale')
      expect(await move([record(B, A)])).toBe('done')
      expect(await held()).toEqual([['of a'], ['of b'], ['of c']])
      expect(await move([{ thing: 'identity', identity: leaving, from: A }])).toBe('done')
      expect(await held()).toEqual([[], ['of b'], ['of c']])
      expect(await context.store().passkeys.find('of a')).toBeUndefined()
      expect(await add(A, 'next')).toBe('added')
    })

    test('an old login of an account that an identity leaves ends, and nobody has asked for its erasure', async () => {
      const at = context.now()
      const { credentials, erasures } = context.store()
      for (const id of [A, B]) {
        const account = { id, createdAt: at, updatedAt: at, claims: {} }
        const credential = { legacyId: `legacy ${id}`, document: 'd', digest: 'd', retiresAt: at + 9 }
        const parts = { account, subjects: [], credential, identity: identity(id), customers: [], events: [] }
        expect(await credentials.importMany([{ ...parts, dataKey: `key of ${id}` }])).toBe('imported')
        await erasures.request(id, at + 9)
      }
      const [leaving] = (await port().identitiesOf(A)) as [IdentityKey]
      expect(await move([merge(A, B)])).toBe('done')
      expect(await erasures.requested(B)).toBe(at + 9)
      expect(await move([{ thing: 'identity', identity: leaving, from: A }])).toBe('done')
      expect([await erasures.requested(A), await erasures.requested(B)]).toEqual([undefined, undefined])
      expect((await credentials.find(A))?.retiresAt).toBe(at)
      expect((await credentials.find(B))?.retiresAt).toBe(at + 9)
    })

    test('passkeys of the whole go with the identity of a part, and with the part, as does a request for its erasure', async () => {
      await openAll()
      expect(await move([merge(B, A)])).toBe('done')
      expect(await move([merge(A, C)])).toBe('done')
      expect(await held()).toEqual([['of a'], ['of b'], ['of c']])
      const [leaving] = (await port().identitiesOf(B)) as [IdentityKey]
      expect(await move([{ thing: 'identity', identity: leaving, from: B }])).toBe('done')
      expect(await held()).toEqual([[], [], []])
      for (const id of [A, B, C]) expect(await add(id, `again ${id}`)).toBe('added')
      const { erasures } = context.store()
      for (const id of [A, C]) await erasures.request(id, context.now() + 9)
      expect(await move([merge(A, undefined, C)])).toBe('done')
      // What a part had before it was one is its own.
      expect(await held()).toEqual([['again a'], ['again b'], []])
      expect([await erasures.requested(A), await erasures.requested(C)]).toEqual([context.now() + 9, undefined])
    })
  }

  const describeMerging = () => {
    test('a merged account is part of the other one, and loses nothing', async () => {
      await open(A, identity('s'))
      await open(B, identity('t'), [link()])
      await open(C, identity('u'))
      expect(await move([merge(B, A)])).toBe('done')
      expect(await accounts().find(B)).toMatchObject({ mergedInto: A, claims: { name: 'Synthetic b' } })
      expect(await accounts().find(A)).toMatchObject({ absorbed: [{ id: B, apps: ['app-1'] }] })
      expect(await accounts().findByIdentity(identity('t'))).toBe(B)
      expect(await accounts().customersOf(B)).toEqual([link()])
      expect(await move([merge(C, A)])).toBe('done')
      expect((await accounts().find(A))?.absorbed?.map(({ id }) => id)).toEqual([B, C])
      expect(await move([merge(B, undefined, A)])).toBe('done')
      expect(await accounts().find(B)).not.toHaveProperty('mergedInto')
      expect((await accounts().find(A))?.absorbed?.map(({ id }) => id)).toEqual([C])
    })

    test('no account is merged twice, into itself, into one that is merged, or in a circle', async () => {
      for (const [id, subject] of [
        ['a', 's'],
        ['b', 't'],
        ['c', 'u'],
      ] as const)
        await open(id as AccountId, identity(subject))
      expect(await move([merge(B, A)])).toBe('done')
      for (const wrong of [merge(B, C), merge(C, B), merge(A, B), merge(C, C), merge(C, undefined, A)]) {
        expect(await move([wrong])).toBe('stale')
      }
      // What is merged gets nothing of its own.
      expect(await move([record(B)])).toBe('stale')
      expect(await accounts().find(C)).not.toHaveProperty('mergedInto')
    })

    test('of two that are merged into each other at once one is', async () => {
      await open(A, identity('s'))
      await open(B, identity('t'))
      const results = await race(racer =>
        apply({ ...change([racer % 2 ? merge(A, B) : merge(B, A)]), id: `race-${racer}` }),
      )
      expect(results.filter(result => result === 'done')).toHaveLength(1)
      const [a, b] = await Promise.all([accounts().find(A), accounts().find(B)])
      expect([a?.mergedInto, b?.mergedInto].filter(Boolean)).toHaveLength(1)
    })

    test('an erased account is part of nothing', async () => {
      await open(A, identity('s'))
      await open(B, identity('t'))
      await move([merge(B, A)])
      await accounts().erase({ id: B, erasedAt: 1, events: [] })
      expect(await accounts().find(A)).not.toHaveProperty('absorbed')
      expect(await move([merge(B, undefined, A)])).toBe('stale')
    })
  }

  const describeActs = () => {
    test('opens accounts, and ends logins that began before', async () => {
      await open(A, identity('s'), [link()])
      const account = { id: C, createdAt: 1, updatedAt: 1, claims: {} }
      const done = change([record(C, A)])
      const input = { change: done, opens: [{ account }], endLogins: [A], events: [event('c')] }
      expect(await port().apply(input)).toBe('done')
      expect(await accounts().find(C)).toEqual(account)
      expect(await accounts().customersOf(C)).toEqual([link()])
      expect(await accounts().find(A)).toMatchObject({ loginsNotBefore: context.now() })
      expect(await context.store().audit.list({ after: 0, limit: 10, accountId: C })).toHaveLength(1)
    })

    test('an account that could not be opened leaves nothing behind', async () => {
      await open(A, identity('s'), [link()])
      const account = { id: C, createdAt: 1, updatedAt: 1, claims: {} }
      const input = { change: change([record(C, B)]), opens: [{ account }], endLogins: [A], events: [event('c')] }
      expect(await port().apply(input)).toBe('stale')
      expect(await accounts().find(C)).toBeUndefined()
      expect(await accounts().find(A)).not.toHaveProperty('loginsNotBefore')
    })

    test('what is proposed waits for a decision, and is decided once', async () => {
      await open(A, identity('s'))
      await open(B, identity('t'))
      const first = change([merge(B, A)], { kind: 'merge', state: 'proposed' })
      await context.advance(1)
      const second = change([merge(A, B)], { kind: 'merge', state: 'proposed', reason: 'the other way' })
      for (const one of [first, second]) await port().propose(one, [event('a')])
      expect(await port().find(second.id)).toEqual(second)
      expect(await port().list({ of: 'proposed', limit: 10 })).toEqual([second, first])
      expect(await port().list({ of: 'proposed', limit: 1 })).toEqual([second])
      expect(await port().list({ of: 'proposed', before: second, limit: 10 })).toEqual([first])
      expect(await accounts().find(B)).not.toHaveProperty('mergedInto')

      const decided = { decidedBy: 'admin-2', decidedAt: context.now() }
      const withdrawal = { id: second.id, by: 'admin-2', at: context.now(), events: [event('a')] }
      expect(await port().withdraw(withdrawal)).toBe(true)
      expect(await port().withdraw(withdrawal)).toBe(false)
      expect(await port().find(second.id)).toEqual({ ...second, state: 'withdrawn', ...decided })
      expect(await apply({ ...second, state: 'done' })).toBe('stale')
      const results = await race(() => apply({ ...first, state: 'done', ...decided }))
      expect(results).toContain('done')
      expect(await port().find(first.id)).toEqual({ ...first, state: 'done', ...decided })
      expect(await port().list({ of: 'proposed', limit: 10 })).toEqual([])
      expect(await accounts().find(A)).toMatchObject({ absorbed: [{ id: B }] })
      expect(await port().withdraw({ ...withdrawal, id: first.id })).toBe(false)
    })

    test('what is done is undone once', async () => {
      await open(A, identity('s'))
      const done = change([record(A)])
      await apply(done)
      const undo = () => apply(change([record(undefined, A)], { kind: 'undo', undoes: done.id }))
      expect(await undo()).toBe('done')
      expect((await port().find(done.id))?.undoneBy).toBe('change-2')
      await move([record(A)])
      expect(await undo()).toBe('stale')
      expect(await move([record(undefined, A)], { undoes: 'none' })).toBe('stale')
    })

    test('tells the acts on an account, newest first', async () => {
      await open(A, identity('s'))
      await open(B, identity('t'))
      expect(await port().find('none')).toBeUndefined()
      const done: LinkChange[] = []
      for (const id of ['1', '2', '3']) {
        const one = change([record(A, undefined, link({ customerId: id }))])
        await apply(one)
        done.unshift(one)
        await context.advance(1)
      }
      const passed = change([record(B, A, { ...link({ customerId: '1' }), linkedAt: 1 })])
      await apply(passed)
      expect(await port().list({ of: { accountId: B }, limit: 10 })).toEqual([passed])
      expect(await port().list({ of: { accountId: A }, limit: 10 })).toEqual([passed, ...done])
      const [, last] = (await port().list({ of: { accountId: A }, limit: 2 })) as [LinkChange, LinkChange]
      expect(await port().list({ of: { accountId: A }, before: last, limit: 10 })).toEqual(done.slice(1))
    })

    test('closes the review it decides, or nothing is written', async () => {
      await open(A, identity('s'), [link()])
      await open(B, identity('t'))
      const { reviews } = context.store()
      const matter = { kind: 'record-withdrawn', accountId: A, customer: TV } as const
      await reviews.raise({ matter, raisedAt: 1000, data: {}, events: [] })
      const [{ id }] = (await reviews.list({ limit: 10 })) as [Review]
      const closes = { id, raisedAt: 1000, at: 2000, by: 'admin-1', outcome: 'changed' } as const
      expect(await apply(change([record(undefined, A)]), { closes: { ...closes, raisedAt: 999 } })).toBe('stale')
      expect(await apply(change([record(undefined, B)]), { closes })).toBe('stale')
      expect(await accounts().customersOf(A)).toHaveLength(1)
      expect((await reviews.find(id))?.closed).toBeUndefined()
      const results = await race(() => apply(change([record(undefined, A)]), { closes }))
      expect(results.filter(result => result === 'done')).toHaveLength(1)
      expect(await accounts().customersOf(A)).toEqual([])
      expect((await reviews.find(id))?.closed).toEqual({ at: 2000, by: 'admin-1', outcome: 'changed' })
    })

    test('settles the reviews about what moves, once, each with its event', async () => {
      await open(A, identity('s'), [link()])
      await open(B, identity('t'))
      const { reviews } = context.store()
      const about = { accountId: A, customer: TV }
      const others = [
        { kind: 'owner-conflict', accountId: B, customer: TV },
        { kind: 'owner-conflict', accountId: A, customer: { ...TV, customerId: '2' } },
      ] as const
      const matters = [{ kind: 'owner-conflict', ...about }, { kind: 'record-changed', ...about }, ...others] as const
      for (const matter of matters) await reviews.raise({ matter, raisedAt: 1000, data: {}, events: [] })
      const settles = (['owner-conflict', 'record-changed', 'record-withdrawn'] as const).map(kind => ({
        matter: { kind, ...about },
        event: { ...event('a'), type: `settled ${kind}` },
      }))
      const settle = (moves: readonly LinkMove[]) =>
        port().apply({ change: change(moves), opens: [], endLogins: [], settles, events: [] })
      expect(await settle([record(undefined, B)])).toBe('stale')
      expect(await reviews.list({ limit: 10 })).toHaveLength(4)
      const results = await race(() => settle([record(B, A)]))
      expect(results.filter(result => result === 'done')).toHaveLength(1)
      const left = await reviews.list({ limit: 10 })
      expect(left.map(({ accountId, customer }) => [accountId, customer?.customerId]).sort()).toEqual([
        ['a', '2'],
        ['b', '1'],
      ])
      const closed = (await reviews.list({ all: true, limit: 10 })).flatMap(review => review.closed ?? [])
      expect(closed).toEqual([1, 2].map(() => ({ at: context.now(), by: 'admin-1', outcome: 'changed' })))
      const types = (await context.store().audit.list({ after: 0, limit: 100 })).map(({ type }) => type)
      expect(types.sort()).toEqual(['settled owner-conflict', 'settled record-changed'])
    })

    test('an erased account takes what was kept of its links with it', async () => {
      await open(A, identity('s'), [link()])
      await open(B, identity('t'))
      const passed = change([record(B, A)])
      await apply(passed)
      await accounts().erase({ id: B, erasedAt: 1, events: [] })
      const [left] = (await port().find(passed.id))?.moves ?? []
      expect(left).toMatchObject({ thing: 'record', from: A, to: B })
      expect(await move([record(A, B)])).toBe('stale')
    })

    test('keeps awkward ids and words apart', async () => {
      for (const id of AWKWARD_IDS.filter(({ length }) => length < 1000)) {
        const account = id as AccountId
        await open(account, identity(id))
        const of = link({ customerId: id })
        const one = change([record(account, undefined, of)], { id, by: id, reason: id })
        expect(await apply(one)).toBe('done')
        expect(await port().find(id)).toEqual(one)
        expect(await port().list({ of: { accountId: account }, limit: 10 })).toEqual([one])
        expect(await accounts().customersOf(account)).toEqual([of])
      }
    })
  }

  describe('link changes', () => {
    describeRecords()
    describeIdentities()
    describePasskeys()
    describeMerging()
    describeActs()
  })
}
