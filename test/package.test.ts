import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const json = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'))

type Locked = { resolved?: string; optionalDependencies?: Record<string, string> }

describe('package', () => {
  const { dependencies, devDependencies } = json('package.json')
  const locked: Record<string, Locked> = json('package-lock.json').packages

  test('pins exact versions', () => {
    const versions = Object.entries({ ...dependencies, ...devDependencies })
    expect(versions.length).toBeGreaterThan(20)
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([])
  })

  test('the lockfile holds the packages of every platform, so that `npm ci` works on each', () => {
    const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        name => !(`node_modules/${name}` in locked) && !(`${path}/node_modules/${name}` in locked),
      ),
    )
    expect(missing).toEqual([])
  })

  test('the lockfile names no registry', () => {
    expect(Object.values(locked).filter(({ resolved }) => resolved !== undefined)).toEqual([])
  })
})
