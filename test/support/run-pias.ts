import { Writable } from 'node:stream'
import { failureLine } from '#src/cli/failure-line.ts'
import { createProgram } from '#src/cli/program.ts'
import { loadConfig } from '#src/config/load.ts'

/** How a command ended, and what it printed. */
export type PiasRun = { readonly code: number; readonly stdout: string; readonly stderr: string }

/**
 * Runs a command of `pias` in this process, on the configuration that these variables make: without the second that a
 * process of its own takes to start.
 * @param root the folder that relative paths start from
 * @param options.clock of the command
 */
export const runPias = async (
  env: Record<string, string>,
  root: string,
  args: readonly string[],
  { clock = Date.now }: { clock?: () => number } = {},
): Promise<PiasRun> => {
  const out = { stdout: '', stderr: '' }
  const collect = (name: keyof typeof out) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        out[name] += chunk
        done()
      },
    })
  let code = 0
  const config = () => loadConfig({ env, root })
  const program = createProgram({
    ...{ defaultDataDir: config().dataDir, loadConfig: config, operator: 'operator', clock },
    ...{ stdout: collect('stdout'), stderr: collect('stderr') },
    setExitCode: given => {
      code = given
    },
  })
  const quiet = {
    writeErr: (text: string) => {
      out.stderr += text
    },
  }
  const settle = (command: typeof program): void => {
    command.exitOverride().configureOutput(quiet)
    command.commands.forEach(settle as never)
  }
  settle(program)
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    code = 1
    out.stderr += `pias: ${failureLine(error)}\n`
  }
  return { code, ...out }
}
