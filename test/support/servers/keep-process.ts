import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * A shell that kills the server as soon as the pipe from this process closes, and removes its directory unless told to
 * keep it: whatever ends the tests, nothing stays behind. Prints the server's process id.
 */
const KEEPER = `
  dir=$1; shift
  "$@" >/dev/null 2>&1 & echo $!
  read word; kill -9 $! 2>/dev/null; wait
  [ "$word" = keep ] || rm -rf "$dir"`

/** A server process that ends with this one. */
export type KeptProcess = {
  signal(name: NodeJS.Signals): void
  /** Kills it, also while it is stopped by SIGSTOP, and removes its directory unless `keep` says so. May be called twice. */
  end(options?: { keep: boolean }): Promise<void>
}

/** Runs a program that ends when this process does, and its directory `dir` with it. */
export const keepProcess = async (dir: string, program: string, args: readonly string[]): Promise<KeptProcess> => {
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', dir, program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(keeper, 'exit')
  const [line] = await once(createInterface({ input: keeper.stdout }), 'line')
  const pid = Number(line)
  return {
    signal: name => {
      process.kill(pid, name)
    },
    end: async ({ keep } = { keep: false }) => {
      if (!keeper.stdin.writableEnded) keeper.stdin.end(keep ? 'keep\n' : '')
      await exited
    },
  }
}
