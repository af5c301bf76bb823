import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * A shell that kills the server as soon as the pipe from this process closes: whatever ends the tests, no server stays
 * behind. Prints the server's process id.
 */
const KEEPER = '"$@" >/dev/null 2>&1 & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null; wait'

/** A server process that ends with this one. */
export type KeptProcess = {
  signal(name: NodeJS.Signals): void
  /** Kills it, also while it is stopped by SIGSTOP. May be called twice. */
  end(): Promise<void>
}

/** Runs a program that ends when this process does. */
export const keepProcess = async (program: string, args: readonly string[]): Promise<KeptProcess> => {
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(keeper, 'exit')
  const [line] = await once(createInterface({ input: keeper.stdout }), 'line')
  const pid = Number(line)
  return {
    signal: name => {
      process.kill(pid, name)
    },
    end: async () => {
      keeper.stdin.end()
      await exited
    },
  }
}
