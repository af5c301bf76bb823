import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCheckClientSecret } from '#src/clients/check-client-secret.ts'
import { type ClientManagement, createClientManagement } from '#src/clients/client-management.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { type ClientRegistry, openClientFiles, openClientRegistry } from '#src/clients/client-registry.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const GIVEN = {
  client_id: 'stored',
  client_name: 'Synthetic stored app',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['https://stored.example/cb'],
}
const IN_FILE = { ...GIVEN, client_id: 'filed', client_name: 'Synthetic app of a file' }
const FILE_SECRET = 'a synthetic secret of a file, long enough'

describe('clients of the store', () => {
  let dir: string
  let now: number
  let store: Store
  let registry: ClientRegistry
  let management: ClientManagement
  const logged: object[] = []
  const log = (fields: object) => logged.push(fields)
  const logger = { debug: log, info: log, warn: log, error: log }
  const clock = () => now

  const openNode = async () => {
    const files = openClientFiles({ dir, environment: 'production', clock, logger })
    return { files, registry: await openClientRegistry({ files, clients: store.clients, clock, logger }) }
  }
  const create = (over: object = {}) => {
    const given = { ...GIVEN, ...over }
    const metadata = clientMetadataSchema.parse(given)
    return management.create({ metadata, given, managedBy: 'api', owner: 'team', by: 'test' })
  }
  const eventsOf = async () => (await store.audit.list({ after: 0, limit: 100 })).map(({ type }) => type)

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'pias-stored-clients-'))
    now = 1_000_000
    logged.length = 0
    writeFileSync(join(dir, 'filed.json'), JSON.stringify({ ...IN_FILE, client_secret: FILE_SECRET }))
    store = await openSqliteStore({ dataDir: join(dir, 'data'), clock })
    const node = await openNode()
    registry = node.registry
    management = createClientManagement({ clients: store.clients, fileOf: node.files.find, clock })
  })
  afterEach(async () => {
    await store.close()
    rmSync(dir, { recursive: true })
  })

  test('count on every node within a second, and at once for who asks', async () => {
    expect(await create()).toMatchObject({ kind: 'created', client: { version: 1, owner: 'team' } })
    await registry.refresh()
    expect(registry.find('stored')).toBeUndefined()
    await registry.refresh({ now: true })
    expect(registry.find('stored')?.client_name).toBe('Synthetic stored app')
    const given = { ...GIVEN, client_name: 'Another name' }
    expect(await management.replace({ clientId: 'stored', version: 1, given, by: 'test' })).toMatchObject({
      kind: 'changed',
      client: { version: 2 },
    })
    now += 1000
    await registry.refresh()
    expect(registry.find('stored')?.client_name).toBe('Another name')
    expect((await openNode()).registry.find('stored')?.client_name).toBe('Another name')
    expect(registry.all().map(({ client_id }) => client_id)).toEqual(['filed', 'stored'])
    expect(registry.ofFiles()).toHaveLength(1)
  })

  test('are changed over the version that was read only', async () => {
    await create()
    const replace = (version: number) => management.replace({ clientId: 'stored', version, given: GIVEN, by: 'test' })
    expect((await replace(1)).kind).toBe('changed')
    expect((await replace(1)).kind).toBe('stale')
    expect((await management.replace({ clientId: 'none', version: 1, given: GIVEN, by: 'test' })).kind).toBe('unknown')
    expect((await create()).kind).toBe('taken')
    expect((await create({ client_id: 'filed' })).kind).toBe('taken')
  })

  test('are disabled, let in again, and removed for good, each with its event', async () => {
    await create()
    const to = async (version: number, state: 'active' | 'disabled' | 'removed') => {
      const result = await management.setState({ clientId: 'stored', version, state, by: 'test' })
      await registry.refresh({ now: true })
      return [result.kind, registry.find('stored') !== undefined]
    }
    expect(await to(1, 'disabled')).toEqual(['changed', false])
    expect(registry.secretsOf('stored')).toEqual([])
    expect(await to(2, 'active')).toEqual(['changed', true])
    expect(await to(3, 'removed')).toEqual(['changed', false])
    expect(await to(4, 'active')).toEqual(['unknown', false])
    expect((await create()).kind).toBe('taken')
    expect(await eventsOf()).toEqual(['client.created', 'client.disabled', 'client.restored', 'client.removed'])
  })

  test('a file wins, and the log says so once', async () => {
    const given = { ...GIVEN, client_id: 'later' }
    await create({ client_id: 'later' })
    writeFileSync(
      join(dir, 'later.json'),
      JSON.stringify({ ...given, client_name: 'Of a file', client_secret: FILE_SECRET }),
    )
    for (let again = 0; again < 2; again++) {
      now += 1000
      await registry.refresh()
      expect(registry.find('later')?.client_name).toBe('Of a file')
    }
    await create({ client_id: 'other' })
    await registry.refresh({ now: true })
    expect(registry.all()).toHaveLength(3)
    expect(logged).toEqual([{ event: 'client_clash', client: 'later' }])
  })

  test('one that does not fit is left out, and the log says why', async () => {
    const client = { clientId: 'odd', version: 1, state: 'active', managedBy: 'dcr', secrets: [] } as const
    await store.clients.put({ ...client, metadata: { client_id: 'odd' }, createdAt: 1, updatedAt: 1 }, [])
    await registry.refresh({ now: true })
    expect(registry.find('odd')).toBeUndefined()
    expect(JSON.stringify(logged)).toContain('client_name: is missing')
  })

  test('what is known goes on to count when the store is away', async () => {
    await create()
    await registry.refresh({ now: true })
    await store.close()
    await registry.refresh({ now: true })
    expect(registry.find('stored')).toBeDefined()
    expect(logged).toEqual([{ event: 'clients_not_refreshed', code: 'store.unavailable' }])
  })

  describe('secrets', () => {
    const check = (clientId: string, secret: string) =>
      createCheckClientSecret({ registry, clients: store.clients, clock })(clientId, secret)

    test('two are good at once, a third is refused until one is removed', async () => {
      const created = await create()
      if (created.kind !== 'created' || created.secret === undefined) throw new Error('it was not made')
      expect(created.secret).toMatch(/^[\w-]{43}$/)
      const second = await management.addSecret({ clientId: 'stored', by: 'test' })
      if (second.kind !== 'added') throw new Error('it was not added')
      expect((await management.addSecret({ clientId: 'stored', by: 'test' })).kind).toBe('full')
      for (const secret of [created.secret, second.secret]) expect(await check('stored', secret)).toBe(true)
      expect(await check('stored', `${second.secret}x`)).toBe(false)
      expect(await check('filed', second.secret)).toBe(false)
      const [first] = await management.listSecrets('stored')
      expect(await management.removeSecret({ clientId: 'stored', secretId: first?.id ?? '', by: 'test' })).toBe(true)
      expect(await management.removeSecret({ clientId: 'stored', secretId: first?.id ?? '', by: 'test' })).toBe(false)
      await registry.refresh({ now: true })
      expect(await check('stored', created.secret)).toBe(false)
      expect(await check('stored', second.secret)).toBe(true)
      expect(await eventsOf()).toEqual(['client.created', 'client.secret-added', 'client.secret-removed'])
      expect(JSON.stringify(await store.clients.find('stored'))).not.toContain(second.secret)
    })

    test('one that expires is good until then, and makes room for another', async () => {
      await create()
      const added = await management.addSecret({ clientId: 'stored', expiresAt: now + 1000, by: 'test' })
      if (added.kind !== 'added') throw new Error('it was not added')
      expect(await check('stored', added.secret)).toBe(true)
      now += 1000
      expect(await check('stored', added.secret)).toBe(false)
      expect((await management.addSecret({ clientId: 'stored', by: 'test' })).kind).toBe('added')
    })

    test('a client of a file gets its second one from the store', async () => {
      const added = await management.addSecret({ clientId: 'filed', by: 'test' })
      if (added.kind !== 'added') throw new Error('it was not added')
      expect((await management.addSecret({ clientId: 'filed', by: 'test' })).kind).toBe('full')
      for (const secret of [FILE_SECRET, added.secret]) expect(await check('filed', secret)).toBe(true)
      expect(registry.find('filed')?.client_name).toBe('Synthetic app of a file')
      expect((await management.addSecret({ clientId: 'none', by: 'test' })).kind).toBe('unknown')
    })

    test('parallel adders never make a third', async () => {
      await create()
      const add = () => management.addSecret({ clientId: 'stored', by: 'test' })
      const added = await Promise.all([add(), add(), add(), add()])
      expect(added.map(({ kind }) => kind).sort()).toEqual(['added', 'full', 'full', 'full'])
    })

    test('when each was last used is known to the minute', async () => {
      const checkAgain = createCheckClientSecret({ registry, clients: store.clients, clock })
      expect(await checkAgain('filed', FILE_SECRET)).toBe(true)
      const [before] = await management.listSecrets('filed')
      expect(before).toMatchObject({ lastUsedAt: now })
      now += 59_999
      await checkAgain('filed', FILE_SECRET)
      expect(await management.listSecrets('filed')).toEqual([before])
      now += 1
      await checkAgain('filed', FILE_SECRET)
      expect(await management.listSecrets('filed')).toEqual([{ ...before, lastUsedAt: now }])
    })
  })
})
