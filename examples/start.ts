/**
 * `npm start`: PIAS, the itsme simulator and the MyProximus sample together, with 20,000 synthetic customers. Each is a
 * process of its own, as in real life; when one cannot start, its one line says why and the others stop.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'

const ROOT = join(import.meta.dirname, '..')
const DATA = join(ROOT, 'data')
const CUSTOMERS = { seed: '4', count: '20000' }

const ports = {
  pias: process.env.PIAS_PORT ?? '3000',
  simulator: process.env.SIM_PORT ?? '3100',
  myproximus: process.env.MYPROXIMUS_PORT ?? '3200',
}
const issuer = process.env.PIAS_ISSUER ?? `http://localhost:${ports.pias}`

const run = (script: string, args: string[], env: Record<string, string>): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, script), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

const children: ChildProcess[] = []
let stopping = false

const stop = (code: number): void => {
  if (stopping) return
  stopping = true
  for (const child of children) child.kill('SIGTERM')
  void Promise.all(children.filter(child => child.exitCode === null).map(child => once(child, 'exit'))).then(() =>
    process.exit(code),
  )
}

/** Starts a server and waits for its first line on standard output, which says that it is ready. */
const serve = async (script: string, env: Record<string, string>): Promise<void> => {
  const child = run(script, [], env)
  children.push(child)
  child.once('exit', () => stop(1))
  for await (const _ready of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return
}

const finish = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null) await once(child, 'exit')
  if (child.exitCode !== 0) throw new Error('the customers could not be prepared')
}

/** Generates and imports the customers, the first time only: the data survive a restart. */
const seedCustomers = async (): Promise<void> => {
  const file = join(DATA, `customers-seed-${CUSTOMERS.seed}.jsonl`)
  const seeded = join(DATA, 'pias', '.customers-seeded')
  if (existsSync(seeded)) return
  mkdirSync(join(DATA, 'pias'), { recursive: true })
  if (!existsSync(file)) {
    const generator = run(
      'examples/customer-data/generate.ts',
      ['--seed', CUSTOMERS.seed, '--customers', CUSTOMERS.count],
      {},
    )
    await pipeline(generator.stdout as NodeJS.ReadableStream, createWriteStream(`${file}.part`))
    await finish(generator)
    renameSync(`${file}.part`, file)
  }
  const importer = run('src/cli/pias.ts', ['customers', 'import', file], {})
  importer.stdout?.pipe(process.stdout)
  await finish(importer)
  await pipeline([CUSTOMERS.seed], createWriteStream(seeded))
}

const guide = `
Ready. Open MyProximus and click "Continue with itsme":

  MyProximus (sample app)    http://localhost:${ports.myproximus}
  PIAS                       ${issuer}
  itsme simulator            http://127.0.0.1:${ports.simulator}

On the simulator's page choose who you are. All persons are synthetic:
  lotte     known in four service lines: straight back into the app, nothing asked
  confirm   perhaps a customer: prove it with customer number INT-200001 and invoice INV-2025-0200001
  nora      not a customer yet: "I am new here", one click
  refuse    says no at itsme

Ctrl-C stops everything. The data stay in data/.
`

process.once('SIGINT', () => stop(0))
process.once('SIGTERM', () => stop(0))

try {
  await seedCustomers()
  await Promise.all([
    serve('examples/itsme-simulator/main.ts', {
      SIM_PORT: ports.simulator,
      SIM_CLIENT_ID: 'PIAS_DEMO',
      SIM_SERVICE_CODES: 'PIAS_LOGIN,PIAS_REGISTRATION,PIAS_CONFIRMATION',
      SIM_REDIRECT_URIS: `${issuer}/callback/itsme`,
      SIM_CLIENT_JWKS_URI: `${issuer}/upstream/itsme/jwks`,
    }),
    serve('src/main.ts', {
      PIAS_ISSUER: issuer,
      PIAS_UPSTREAM_ITSME_ISSUER: `http://127.0.0.1:${ports.simulator}/v2`,
    }),
    serve('examples/relying-parties/myproximus-web/main.ts', {
      MYPROXIMUS_PORT: ports.myproximus,
      MYPROXIMUS_ISSUER: issuer,
    }),
  ])
  if (!stopping) process.stdout.write(guide)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  stop(1)
}
