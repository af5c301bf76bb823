import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A program of the project: its script from the root, and what it is told. */
export type Program = {
  readonly name: string
  readonly script: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** After this many milliseconds a program that was asked to stop is not asked any more. */
const PATIENCE_MS = 5000

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

const ended = async (child: ChildProcess): Promise<void> => {
  if (!hasEnded(child)) await once(child, 'exit')
}

const end = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return
  const insist = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  child.kill('SIGTERM')
  await ended(child)
  clearTimeout(insist)
}

/** What a program says on standard error: held back until `open`, so that of several failures one is told. */
const holdBack = (child: ChildProcess) => {
  let held = ''
  const hold = (text: string): void => {
    held += text
  }
  child.stderr?.setEncoding('utf8').on('data', hold)
  return {
    held: () => held.trim(),
    open: () => {
      child.stderr?.off('data', hold)
      process.stderr.write(held)
      child.stderr?.pipe(process.stderr, { end: false })
    },
  }
}

/**
 * Programs that live and end together.
 * @param options.root the folder they run in
 * @param options.onLoss hears of a server that ended by itself
 */
export const createChildren = (options: { root: string; onLoss: (line: string) => void }) => {
  const children: ChildProcess[] = []
  let stopping = false

  const launch = ({ script, args = [], env = {} }: Program, stdio: 'pipe' | 'inherit'): ChildProcess => {
    if (stopping) throw new Error('stopping')
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
      cwd: options.root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', stdio],
    })
    children.push(child)
    return child
  }

  /**
   * Starts a server and waits for its first line on standard output, which says that it is ready.
   * @returns that line
   * @throws Error with what the server said on standard error, when it ends before
   */
  const serve = async (program: Program): Promise<string> => {
    const child = launch(program, 'pipe')
    const errors = holdBack(child)
    const closed = once(child, 'close')
    const stdout = child.stdout as NodeJS.ReadableStream
    const firstLine = once(createInterface({ input: stdout }), 'line')
    const [line] = (await Promise.race([firstLine, closed.then(() => [])])) as [string?]
    if (line === undefined) throw new Error(errors.held() || `${program.name} ended before it was ready`)
    errors.open()
    stdout.resume()
    closed.then(([code, signal]) => {
      if (!stopping) options.onLoss(`${program.name} has stopped (${signal ?? `exit code ${code}`})`)
    })
    return line
  }

  /**
   * Runs a program to its end; its standard output goes to `output`.
   * @throws Error when it does not end well; it said why on standard error
   */
  const run = async (program: Program, output: NodeJS.WritableStream): Promise<void> => {
    const child = launch(program, 'inherit')
    child.stdout?.pipe(output)
    await Promise.all([ended(child), once(output, 'close')])
    if (child.exitCode !== 0) throw new Error(`${program.name} failed`)
  }

  /** Ends all of them, and waits until they have ended. */
  const stop = async (): Promise<void> => {
    stopping = true
    await Promise.all(children.map(end))
  }

  return { serve, run, stop }
}

export type Children = ReturnType<typeof createChildren>
