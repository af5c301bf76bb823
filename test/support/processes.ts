import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the project: where people run its commands. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** How a process ended. */
export type Ended = { readonly code: number | null; readonly signal: string | null }

/** A process that the tests started. `stdout` and `stderr` are what it wrote so far. */
export type Running = {
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  /** The first line of standard output that the pattern fits; rejects when the process ends without it. */
  line(pattern: RegExp): Promise<string>
  ended(): Promise<Ended>
  /** Sends the signal, SIGTERM by default, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
}

/** The environment of the tests' processes: nothing of PIAS's, whatever the machine has set. */
export const cleanEnv = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap(name => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

const watch = (child: ChildProcess): Running => {
  const written = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
      for (const listener of listeners) listener()
    })
  }
  // "close" comes after the last output, "exit" may come before.
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal }))

  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const lines = written.stdout.split('\n').slice(0, -1)
        const found = lines.find(candidate => pattern.test(candidate))
        if (found === undefined) return
        listeners.delete(look)
        resolve(found)
      }
      listeners.add(look)
      look()
      const give = (why: string) => reject(new Error(`${why}: ${written.stdout}${written.stderr}`))
      ended.then(({ code }) => give(`ended with ${code} and no line like ${pattern}`), reject)
    })

  return {
    pid: child.pid ?? -1,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    line,
    ended: () => ended,
    stop: signal => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal ?? 'SIGTERM')
      return ended
    },
  }
}

/** Starts a script with the Node.js of the tests. */
export const startScript = (
  script: string,
  options: { args?: readonly string[]; env?: Record<string, string>; cwd?: string } = {},
): Running => {
  const { args = [], env = {}, cwd = ROOT } = options
  const child = spawn(process.execPath, [join(cwd, script), ...args], {
    cwd,
    env: { ...cleanEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return watch(child)
}

/** Runs a script to its end. */
export const runScript = async (...input: Parameters<typeof startScript>) => {
  const running = startScript(...input)
  return { ...(await running.ended()), stdout: running.stdout(), stderr: running.stderr() }
}

/** The processes that a process has started and that live, by the kernel's own list (Linux: proc(5), stat). */
export const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        // "pid (name) state ppid …": a name may have spaces and parentheses.
        return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]) === pid
      } catch {
        return false
      }
    })
    .map(Number)
