import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, storeConfigSchema } from '#src/store/registry.ts'

const root = mkdtempSync(join(tmpdir(), 'pias-registry-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const clock = () => 0
const newDir = () => mkdtempSync(join(root, 'store-'))

test('the configuration is told apart by its kind, and strict', () => {
  expect(storeConfigSchema.parse({ kind: 'sqlite' })).toEqual({ kind: 'sqlite' })
  expect(storeConfigSchema.parse({ kind: 'sqlite', dataDir: 'data' })).toEqual({ kind: 'sqlite', dataDir: 'data' })
  expect(storeConfigSchema.safeParse({ kind: 'none' }).error?.issues[0]?.path).toEqual(['kind'])
  expect(storeConfigSchema.safeParse({ kind: 'sqlite', dataDir: '' }).error?.issues[0]?.path).toEqual(['dataDir'])
  expect(storeConfigSchema.safeParse({ kind: 'sqlite', url: 'x' }).success).toBe(false)
})

test('MongoDB and Redis are configured together, and by their URLs alone', () => {
  const [mongo, redis] = [{ url: 'mongodb://127.0.0.1/' }, { url: 'redis://127.0.0.1/' }]
  expect(storeConfigSchema.parse({ kind: 'mongo-redis', mongo, redis })).toMatchObject({ mongo, redis })
  const missing = storeConfigSchema.safeParse({ kind: 'mongo-redis', mongo })
  expect(missing.error?.issues.map(({ path }) => path)).toEqual([['redis']])
})

test('the store keeps its files where its configuration says, else where the node keeps its data', async () => {
  const [own, node] = [newDir(), newDir()]
  const first = await openStore({ kind: 'sqlite', dataDir: own }, { clock, dataDir: node })
  await first.ping()
  await first.close()
  expect(readdirSync(own)).toContain('durable.db')
  expect(readdirSync(node)).toEqual([])

  const second = await openStore({ kind: 'sqlite' }, { clock, dataDir: node })
  await second.close()
  expect(readdirSync(node)).toContain('durable.db')
})

test('a store without any directory is refused', async () => {
  await expect(openStore({ kind: 'sqlite' }, { clock })).rejects.toMatchObject({ code: 'store.unusable' })
})
