/**
 * `npm start`: PIAS, the itsme simulator and the sample apps together, with 20,000 synthetic customers. When one cannot
 * start or ends, its one line says why and the others stop.
 * PIAS_PORT, PIAS_ADMIN_PORT, SIM_PORT and MYPROXIMUS_PORT (and so on, see examples/relying-parties/samples.ts) give other ports, PIAS_DATA_DIR another place for the data, PIAS_STORE,
 * PIAS_MONGO_URL and PIAS_REDIS_URL the servers of production.
 */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { PiasError } from '#src/kernel/errors.ts'
import { originOf, SAMPLES } from './relying-parties/samples.ts'
import { createChildren } from './start/children.ts'
import { claimFolder } from './start/claim-folder.ts'
import { commandLine } from './start/command-line.ts'
import { seedCustomers } from './start/customers.ts'
import { outputOf } from './start/output-of.ts'
import { registerSamples, type SampleFolders } from './start/sample-apps.ts'

const ROOT = join(import.meta.dirname, '..')
const { env } = process
const dataDir = resolve(ROOT, env.PIAS_DATA_DIR || join('data', 'pias'))
/** A path as people in the project's folder write it. */
const shownPath = (path: string): string => (path.startsWith(ROOT) ? relative(ROOT, path) : path)
const shownDataDir = shownPath(dataDir)
const placeOfData = env.PIAS_STORE === 'mongo-redis' ? 'MongoDB and Redis' : shownDataDir
const admin = { PIAS_ADMIN_PORT: env.PIAS_ADMIN_PORT || '3001', PIAS_DATA_DIR: dataDir }
const simulator = `http://127.0.0.1:${env.SIM_PORT || '3100'}`

const FAULTS: Readonly<Record<string, string>> = {
  EEXIST: 'is not a folder',
  ENOTDIR: 'is not a folder',
  EACCES: 'may not be written by this user',
  EPERM: 'may not be written by this user',
  EROFS: 'is on a disk that cannot be written',
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

let finishing = false
const finish = async (code: number, line?: string): Promise<void> => {
  if (finishing) return
  finishing = true
  if (line !== undefined) process.stderr.write(`${line}\n`)
  await children.stop()
  giveBack()
  process.exit(code)
}
let giveBack = (): void => {}
const children = createChildren({ root: ROOT, onLoss: line => void finish(1, line) })

/** The folder for the data, and in it the registrations and keys of the samples, for this start alone. */
const prepareFolders = (): SampleFolders => {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK)
    giveBack = claimFolder({ dataDir, shown: shownDataDir, isEmbedded: env.PIAS_STORE !== 'mongo-redis' })
    return registerSamples({ root: ROOT, dataDir, env })
  } catch (cause) {
    if (cause instanceof PiasError) throw cause
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException
    throw new Error(`${dataDir} ${FAULTS[code] ?? `cannot hold data (${code})`}: set another by PIAS_DATA_DIR`, {
      cause,
    })
  }
}

/** What PIAS is started with, and whoever works on it by its commands. */
const variablesOf = ({ clients, apis }: Pick<SampleFolders, 'clients' | 'apis'>) => ({
  ...admin,
  PIAS_UPSTREAM_ITSME_ISSUER: `${simulator}/v2`,
  PIAS_CLIENTS_DIR: env.PIAS_CLIENTS_DIR || clients,
  PIAS_APIS_DIR: env.PIAS_APIS_DIR || apis,
})

/** @returns the issuer, which PIAS knows from its configuration */
const startPias = async (folders: SampleFolders): Promise<string> => {
  const ready = await children.serve({
    name: 'PIAS',
    script: 'src/main.ts',
    env: {
      // Requests of others are not what a newcomer wants to read.
      PIAS_LOG_LEVEL: env.PIAS_LOG_LEVEL || 'warn',
      ...variablesOf(folders),
    },
  })
  return (JSON.parse(ready) as { issuer: string }).issuer
}

const startSimulator = (issuer: string): Promise<string> =>
  children.serve({
    name: 'The itsme simulator',
    script: 'examples/itsme-simulator/main.ts',
    env: {
      SIM_CLIENT_ID: env.PIAS_UPSTREAM_ITSME_CLIENT_ID || 'PIAS_DEMO',
      SIM_REDIRECT_URIS: `${issuer}/callback/itsme`,
      SIM_CLIENT_JWKS_URI: `${issuer}/upstream/itsme/jwks`,
      SIM_REQUEST_URIS: `${issuer}/upstream/itsme/request/`,
    },
  })

const startSamples = (issuer: string, keysDir: string): Promise<string> =>
  children.serve({
    name: 'The sample apps',
    script: 'examples/relying-parties/main.ts',
    env: { SAMPLES_ISSUER: issuer, SAMPLES_KEYS_DIR: keysDir },
  })

/** @returns a code, good once, that makes somebody the owner of the console */
const makeOwnerCode = async (): Promise<string> => {
  const program = { name: 'The code for the console', script: 'src/cli/pias.ts', args: ['admin', 'bootstrap'] }
  return (await outputOf(children, { ...program, env: admin })).trim()
}

const guide = (issuer: string, ownerCode: string, commands: string): string => `
Ready. Open MyProximus and click "Continue with itsme":

${SAMPLES.map(sample => `  ${sample.name.padEnd(26)} ${originOf(sample, env)}`).join('\n')}
  PIAS                       ${issuer}
  console for admins         http://localhost:${admin.PIAS_ADMIN_PORT}
  itsme simulator            ${simulator}

On the simulator's page choose who you are. All persons are synthetic:

  Lotte Vandenbroucke    known in four service lines: straight back into the app, nothing asked
  Thomas Leclercq        moved house, dirty records: still found
  An Willems             perhaps a customer: proves it with INT-200001 and invoice INV-2025-0200001
  Nora El Amrani         not a customer yet: "I am new here", one click
  Refuse                 says no at itsme

In the console you become an owner by a code, within a quarter of an hour: ${ownerCode}

The command line, in another terminal, beside any variable that you set for this one:

${commands.replaceAll(/^(?=.)/gm, '  ')}
Ctrl-C stops everything. The data stay in ${placeOfData}.
`

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish(0))

try {
  const folders = prepareFolders()
  // First PIAS: it checks the configuration and the data, and knows its own address.
  const issuer = await startPias(folders)
  await Promise.all([
    startSimulator(issuer),
    startSamples(issuer, folders.keys),
    seedCustomers(children, { root: ROOT, dataDir, announce: say }),
  ])
  const shown = variablesOf({ clients: shownPath(folders.clients), apis: shownPath(folders.apis) })
  const commands = commandLine({ ...shown, PIAS_DATA_DIR: shownDataDir })
  if (!finishing) say(guide(issuer, await makeOwnerCode(), commands))
} catch (error) {
  await finish(1, (error as Error).message)
}
