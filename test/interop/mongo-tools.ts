import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CACHE, needs } from './stack.ts'

const run = promisify(execFile)
const HERE = dirname(fileURLToPath(import.meta.url))
const NAMES = ['mongodump', 'mongorestore'] as const

/** MongoDB's own mongodump and mongorestore, built at the versions and hashes of go.mod and go.sum. @returns their folder */
export const setUpMongoTools = async (): Promise<string> => {
  await needs('go', ['version'], 'install Go 1.25.11 or later')
  const folder = join(CACHE, 'mongo-tools')
  mkdirSync(folder, { recursive: true })
  for (const name of NAMES) {
    const args = ['build', '-mod=readonly', '-o', join(folder, name), `github.com/mongodb/mongo-tools/${name}/main`]
    await run('go', args, { cwd: join(HERE, 'mongo-tools') })
  }
  return folder
}
