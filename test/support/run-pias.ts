import { Readable, Writable } from 'node:stream'
import { runCommand } from '#src/cli/run-command.ts'
import { loadConfig } from '#src/config/load.ts'

/** How a command ended, and what it printed. */
export type PiasRun = { readonly code: number; readonly stdout: string; readonly stderr: string }

/**
 * Runs a command of `pias` in this process, on the configuration that these variables make: without the second that a
 * process of its own takes to start.
 * @param root the folder that relative paths start from
 * @param options.clock of the command
 * @param options.operator the user of the machine
 * @param options.input what a program hands over
 * @param options.typed what somebody at a terminal answers, or what happens until then; without, nobody sits there
 */
export const runPias = async (
  env: Record<string, string>,
  root: string,
  args: readonly string[],
  {
    clock = Date.now,
    typed,
    input = '',
    operator = 'operator',
  }: { clock?: () => number; typed?: string | (() => Promise<string>); input?: string; operator?: string } = {},
): Promise<PiasRun> => {
  const out = { stdout: '', stderr: '' }
  const collect = (name: keyof typeof out) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        out[name] += chunk
        done()
      },
    })
  const ask = async (question: string): Promise<string> => {
    // Whoever answers ends the line.
    out.stderr += `${question}\n`
    return typeof typed === 'function' ? typed() : (typed ?? '')
  }
  let code = 0
  const terminal = {
    defaultDataDir: env.PIAS_DATA_DIR ?? root,
    loadConfig: () => loadConfig({ env, root }),
    operator,
    clock,
    input: Readable.from([input]),
    ...(typed !== undefined && { ask }),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    setExitCode: (given: number) => {
      code = given
    },
  }
  await runCommand(terminal, args)
  return { code, ...out }
}
