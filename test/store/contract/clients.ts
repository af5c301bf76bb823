import type { StoredClient } from '#src/store/ports/clients.ts'
import { AWKWARD_IDS, AWKWARD_JSON, type Context, RACERS, race } from './context.ts'

const client = (clientId: string, changes: Partial<StoredClient> = {}): StoredClient => ({
  clientId,
  version: 1,
  state: 'active',
  managedBy: 'api',
  metadata: { client_id: clientId },
  secrets: [],
  createdAt: 1000,
  updatedAt: 1000,
  ...changes,
})

const SECRETS = [
  { id: 'a', hash: 'sha256:one', createdAt: 1 },
  { id: 'b', hash: 'sha256:two', createdAt: 2, expiresAt: 3 },
]

/** The contract of `ClientsPort`. */
export const describeClients = (context: Context): void => {
  const port = () => context.store().clients
  const put = (one: StoredClient, type = 'client.changed') =>
    port().put(one, [{ at: 1, type, clientId: one.clientId, data: { version: one.version } }])
  const idsOf = async (query: Partial<Parameters<ReturnType<typeof port>['page']>[0]> = {}) =>
    (await port().page({ after: '', limit: 100, ...query })).map(({ clientId }) => clientId)

  describe('clients', () => {
    test('are written whole and read back, with the events', async () => {
      expect(await port().find('app')).toBeUndefined()
      const first = client('app', { owner: 'staff', metadata: AWKWARD_JSON, secrets: SECRETS })
      expect(await put(first)).toBe(true)
      expect(await port().find('app')).toEqual(first)
      const second = client('app', { version: 2, state: 'disabled', managedBy: 'apply', metadata: null, updatedAt: 2 })
      expect(await put(second)).toBe(true)
      expect(await port().find('app')).toEqual(second)
      const events = await context.store().audit.list({ after: 0, limit: 10 })
      expect(events.map(({ clientId, data }) => [clientId, data])).toEqual([
        ['app', { version: 1 }],
        ['app', { version: 2 }],
      ])
    })

    test('are written over the version before only, and without it nothing is', async () => {
      await put(client('app'))
      for (const version of [1, 3]) expect(await put(client('app', { version, owner: 'late' }))).toBe(false)
      expect(await put(client('other', { version: 2 }))).toBe(false)
      expect(await port().find('app')).toEqual(client('app'))
      expect(await port().find('other')).toBeUndefined()
      expect(await context.store().audit.list({ after: 0, limit: 10 })).toHaveLength(1)
    })

    test('of parallel writers of one version one wins, whose client and event stay', async () => {
      const made = await race(racer => put(client('app', { owner: `${racer}` }), `made-${racer}`))
      expect(made.filter(Boolean)).toHaveLength(1)
      const changed = await race(racer => put(client('app', { version: 2, owner: `${racer}` }), `changed-${racer}`))
      expect(changed.filter(Boolean)).toHaveLength(1)
      expect(await port().find('app')).toMatchObject({ version: 2, owner: `${changed.indexOf(true)}` })
      const events = await context.store().audit.list({ after: 0, limit: 100 })
      expect(events.map(({ type }) => type)).toEqual([`made-${made.indexOf(true)}`, `changed-${changed.indexOf(true)}`])
    })

    test('come in pages by id, also by its beginning, without those that were removed', async () => {
      for (const id of ['b', 'app-2', 'app-10', 'app', 'apple', 'App', 'gone']) await put(client(id))
      await put(client('gone', { version: 2, state: 'removed', metadata: null }))
      await put(client('b', { version: 2, state: 'disabled' }))
      expect(await idsOf()).toEqual(['App', 'app', 'app-10', 'app-2', 'apple', 'b'])
      expect(await idsOf({ after: 'app-10', limit: 2 })).toEqual(['app-2', 'apple'])
      expect(await idsOf({ prefix: 'app-' })).toEqual(['app-10', 'app-2'])
      expect(await idsOf({ prefix: 'app', after: 'app', limit: 1 })).toEqual(['app-10'])
      expect(await idsOf({ prefix: 'gone' })).toEqual([])
      expect(await idsOf({ prefix: 'a%_*' })).toEqual([])
    })

    test('are found by a secret that ends, the first to end first', async () => {
      const ends = (...moments: (number | undefined)[]) =>
        moments.map((expiresAt, at) => ({
          id: `s${at}`,
          hash: `sha256:${at}`,
          createdAt: 1,
          ...(expiresAt !== undefined && { expiresAt }),
        }))
      const late = client('late', { secrets: ends(90, undefined, 20) })
      const early = client('early', { state: 'disabled', secrets: ends(10) })
      for (const one of [late, early, client('never', { secrets: ends(undefined) }), client('none')]) await put(one)
      await put(client('gone', { secrets: ends(5) }))
      await put(client('gone', { version: 2, state: 'removed', secrets: ends(5) }))
      const ending = (before: number, more = {}) => port().ending({ from: 0, before, limit: 10, ...more })
      expect(await ending(21)).toEqual([early, late])
      expect(await ending(21, { limit: 1 })).toEqual([early])
      expect(await ending(21, { limit: 1, latestFirst: true })).toEqual([late])
      expect(await ending(21, { from: 10 })).toEqual([early, late])
      expect(await ending(21, { from: 11 })).toEqual([late])
      expect(await ending(10)).toEqual([])
      await put(client('early', { version: 2, secrets: ends(undefined) }))
      expect(await ending(100)).toEqual([late])
    })

    test('are told in the order of their last changes, each once, tombstones included', async () => {
      expect(await port().changed({ after: 0, limit: 10 })).toEqual([])
      for (const id of ['a', 'b', 'c']) await put(client(id))
      const before = await port().changed({ after: 0, limit: 10 })
      expect(before.map(({ client: { clientId } }) => clientId)).toEqual(['a', 'b', 'c'])
      const last = before.at(-1)?.change ?? 0
      expect(await port().changed({ after: last, limit: 10 })).toEqual([])
      await put(client('a', { version: 2, state: 'removed', secrets: [] }))
      const after = await port().changed({ after: last, limit: 10 })
      expect(after).toEqual([{ change: expect.any(Number), client: client('a', { version: 2, state: 'removed' }) }])
      const all = await port().changed({ after: 0, limit: 2 })
      expect(all.map(({ client: { clientId } }) => clientId)).toEqual(['b', 'c'])
      expect(all[0]?.change).toBeLessThan(all[1]?.change ?? 0)
    })

    test('no change is missed by who follows them while they are made', async () => {
      const seen = new Set<string>()
      let last = 0
      let done = false
      const follow = async () => {
        while (!done || (await port().changed({ after: last, limit: 1 })).length > 0) {
          for (const { change, client: one } of await port().changed({ after: last, limit: 3 })) {
            last = change
            seen.add(one.clientId)
          }
        }
      }
      const following = follow()
      // Some at a time, as parallel admins: what is tested is the order, not how many may wait for their turn.
      for (let round = 0; round < 4; round++) {
        await Promise.all(Array.from({ length: 4 }, (_, n) => put(client(`app-${round * 4 + n}`))))
      }
      done = true
      await following
      expect(seen.size).toBe(RACERS)
    })

    test('the last use of a secret is noted at most once a minute', async () => {
      const use = (secretId: string, at: number) => port().noteSecretUse({ clientId: 'app', secretId, at })
      expect(await port().secretUses('app')).toEqual(new Map())
      await use('a', 100_000)
      await use('a', 159_999)
      await use('b', 1000)
      expect(await port().secretUses('app')).toEqual(new Map(Object.entries({ a: 100_000, b: 1000 })))
      await use('a', 160_000)
      await use('a', 5)
      await race(racer => use('c', 1_000_000 + racer))
      const uses = await port().secretUses('app')
      expect(uses.get('a')).toBe(160_000)
      expect(uses.get('c')).toBeGreaterThanOrEqual(1_000_000)
      expect(uses.get('c')).toBeLessThan(1_000_000 + RACERS)
      expect(await port().secretUses('other')).toEqual(new Map())
    })

    test('keep awkward ids apart', async () => {
      for (const id of AWKWARD_IDS) expect(await put(client(id, { owner: id, secrets: SECRETS }))).toBe(true)
      for (const id of AWKWARD_IDS) {
        expect(await port().find(id)).toEqual(client(id, { owner: id, secrets: SECRETS }))
        await port().noteSecretUse({ clientId: id, secretId: id, at: 1 })
        expect(await port().secretUses(id)).toEqual(new Map([[id, 1]]))
      }
      expect(await idsOf()).toHaveLength(AWKWARD_IDS.length)
    })
  })
}
