import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A program of Node to run, and the name its log goes by. */
export type Command = { readonly name: string; readonly args: readonly string[]; readonly env?: Record<string, string> }
export type Server = { readonly name: string; readonly pid: number; readonly ready: Record<string, unknown> }

const START_MS = 60_000
const STOP_MS = 3_000
const LOG_TAIL = 4_000 // characters

/** The caller's own PIAS_* settings must not reach the servers of a run. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PIAS_')))

/** Node in a process of its own; what it writes to standard error goes to a file, which costs us nothing. */
const startChild = (directory: string, { name, args, env = {} }: Command): ChildProcess => {
  const log = openSync(join(directory, `${name}.log`), 'a')
  const child = spawn(process.execPath, args, {
    env: { ...cleanEnvironment(), NODE_ENV: 'development', ...env },
    stdio: ['ignore', 'pipe', log, 'ipc'],
  })
  closeSync(log)
  return child
}

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(timer)
}

/** The first JSON line on standard output; the rest is read and dropped. */
const readyLine = (child: ChildProcess, name: string): Promise<string> =>
  new Promise((resolve, reject) => {
    if (child.stdout) createInterface(child.stdout).on('line', line => line.startsWith('{') && resolve(line))
    child.once('exit', code => reject(new Error(`${name} ended with ${code} before it was ready`)))
    setTimeout(() => reject(new Error(`${name} was not ready in time`)), START_MS).unref()
  })

const readLogTails = (directory: string): string =>
  readdirSync(directory)
    .filter(file => file.endsWith('.log'))
    .map(file => ({ file, text: readFileSync(join(directory, file), 'utf8').slice(-LOG_TAIL) }))
    .filter(({ text }) => text !== '')
    .map(({ file, text }) => `--- ${file}\n${text}`)
    .join('\n')

/**
 * Creates the run's workshop: a temporary directory and Node processes that write their logs there, all gone after
 * `close`, and at the latest when this process ends for whatever reason but SIGKILL.
 */
export const createChildProcesses = () => {
  const directory = mkdtempSync(join(tmpdir(), 'pias-bench-'))
  const children: ChildProcess[] = []
  const others: (() => Promise<void>)[] = []
  const removeDirectory = (): void => rmSync(directory, { recursive: true, force: true })
  const killAll = (): void => {
    for (const child of children) child.kill('SIGKILL')
    removeDirectory()
  }
  process.once('exit', killAll)

  const start = (command: Command): ChildProcess => {
    const child = startChild(directory, command)
    children.push(child)
    return child
  }

  return {
    directory,
    /** Starts a server and waits for its one JSON line on standard output. */
    startServer: async (command: Command): Promise<Server> => {
      const child = start(command)
      const ready = await readyLine(child, command.name)
      return { name: command.name, pid: child.pid ?? 0, ready: JSON.parse(ready) as Record<string, unknown> }
    },
    /** Ends a server and waits for it. */
    stopServer: async ({ pid }: Server): Promise<void> => {
      await Promise.all(children.filter(child => child.pid === pid).map(stopChild))
    },
    /** Runs a command to its end; `onStart` is told its process. @throws Error when it fails */
    run: async (command: Command, onStart?: (pid: number) => void): Promise<void> => {
      const child = start(command)
      if (child.pid !== undefined) onStart?.(child.pid)
      child.stdout?.resume()
      const [code] = await once(child, 'exit')
      if (code !== 0) throw new Error(`${command.name} ended with ${code}`)
    },
    /** The end of what each child wrote to standard error, to explain a failure. */
    logTails: (): string => readLogTails(directory),
    /** Something else to be ended by `close`, after the children that use it. */
    alsoClose: (close: () => Promise<void>): void => {
      others.push(close)
    },
    close: async (): Promise<void> => {
      await Promise.all(children.map(stopChild))
      await Promise.all(others.map(close => close()))
      removeDirectory()
      process.off('exit', killAll)
    },
  }
}

export type ChildProcesses = ReturnType<typeof createChildProcesses>
