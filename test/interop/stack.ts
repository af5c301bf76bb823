import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const HERE = dirname(fileURLToPath(import.meta.url))
/** What is built or fetched for these tests. */
export const CACHE = join(HERE, '..', '..', 'node_modules', '.cache', 'interop')

/** How a client stack is started, once it is set up. */
export type Stack = { readonly command: string; readonly args: readonly string[] }

/** Says what to install where a tool is missing: an interop test that does not run is a failure. */
export const needs = async (command: string, args: readonly string[], remedy: string): Promise<void> => {
  await run(command, [...args]).catch(() => {
    throw new Error(`${remedy}, then run npm run test:interop again`)
  })
}

/** Authlib, at the pinned versions, in a virtual environment of this project. */
export const setUpAuthlib = async (): Promise<Stack> => {
  await needs('python3', ['-c', 'import venv, ensurepip'], 'install Python 3.10 or later with venv and pip')
  const venv = join(CACHE, 'python')
  const requirements = join(HERE, 'python', 'requirements.txt')
  const wanted = readFileSync(requirements, 'utf8')
  const stamp = join(venv, 'requirements.txt')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    mkdirSync(CACHE, { recursive: true })
    await run('python3', ['-m', 'venv', '--clear', venv])
    await run(join(venv, 'bin', 'pip'), ['install', '--quiet', '--no-deps', '--requirement', requirements])
    writeFileSync(stamp, wanted)
  }
  return { command: join(venv, 'bin', 'python'), args: [join(HERE, 'python', 'client.py')] }
}

/** go-oidc, at the versions and hashes of go.mod and go.sum. */
export const setUpGoOidc = async (): Promise<Stack> => {
  await needs('go', ['version'], 'install Go 1.24 or later')
  const binary = join(CACHE, 'go-oidc')
  await run('go', ['build', '-mod=readonly', '-o', binary, '.'], { cwd: join(HERE, 'go') })
  return { command: binary, args: [] }
}

/** A relying party in another language: it is told lines and tells lines, each one JSON object. */
export type RelyingPartyProcess = {
  tell(line: string): void
  /** The next thing it says. @throws Error with what it wrote on standard error, when it ended instead */
  next(): Promise<Record<string, unknown>>
  stop(): void
}

/** Starts a client stack as a program of its own. */
export const startRelyingParty = ({ command, args }: Stack): RelyingPartyProcess => {
  const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  let failure = ''
  child.stderr.on('data', chunk => {
    failure += chunk
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    tell: line => child.stdin.write(`${line}\n`),
    next: async () => {
      const { value, done } = await lines.next()
      if (done) throw new Error(`it ended: ${failure}`)
      return JSON.parse(value) as Record<string, unknown>
    },
    stop: () => child.kill(),
  }
}
