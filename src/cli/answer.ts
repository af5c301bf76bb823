import { once } from 'node:events'
import type { Command } from 'commander'
import { PiasError } from '#src/kernel/errors.ts'
import { declaredOf } from './declared.ts'
import { failureLine } from './failure-line.ts'
import { type ExitCode, failed, type Outcome, type Refused, refused, type Shown } from './outcome.ts'
import { type ProcessTerminal, tell, visible } from './terminal.ts'

type Printing = { readonly terminal: ProcessTerminal; readonly json: boolean; readonly command: Command }

/** Waits for a reader that is slower than the store, so that nothing piles up. A program gets every character. */
const print = async ({ stdout }: ProcessTerminal, text: string): Promise<void> => {
  if (text !== '' && !stdout.write(stdout.isTTY ? visible(text) : text)) await once(stdout, 'drain')
}

/** Why a command rejected, as a value. */
const refusalOf = (error: unknown): Refused => {
  const message = failureLine(error)
  if (!(error instanceof PiasError)) return failed('server.failed', message)
  return error.code === 'request.invalid' ? refused(error.code, message) : failed(error.code, message)
}

/** Says on standard error why nothing was done: in a line, or as a JSON object of `code`, `message` and `errors`. */
export const printRefusal = (
  { terminal, json, command }: Printing,
  { refused: { text, ...error }, end }: Refused,
): ExitCode => {
  tell(terminal, json ? `${JSON.stringify(error)}\n` : (text ?? `pias: ${error.message}\n`))
  return end === 'failed' || declaredOf(command).pendingIsTwo ? 1 : 2
}

const ENDS = { wrong: 1, pending: 2 } as const

const printOne = async (printing: Printing, { value, text, note, end, but }: Shown): Promise<ExitCode> => {
  const { terminal, json } = printing
  await print(terminal, json ? `${JSON.stringify(value)}\n` : text)
  if (note !== undefined && !json) tell(terminal, note)
  if (but !== undefined) return printRefusal(printing, but)
  return end === undefined ? 0 : ENDS[end]
}

const printOutcome = async (printing: Printing, outcome: Outcome): Promise<ExitCode> => {
  if ('refused' in outcome) return printRefusal(printing, outcome)
  if (!('lines' in outcome)) return printOne(printing, outcome)
  let code: ExitCode = 0
  for await (const line of outcome.lines) code = (await printOne(printing, line)) || code
  return code
}

/**
 * The action of a command: runs it and prints what it came to, or why it failed; the one place that writes to standard
 * output and sets the exit code.
 */
export const answer =
  <Args extends readonly unknown[]>(terminal: ProcessTerminal, run: (...args: Args) => Outcome | Promise<Outcome>) =>
  async (...args: readonly unknown[]): Promise<void> => {
    const command = args.at(-1) as Command
    const printing = { terminal, command, json: command.opts().json === true }
    let code: ExitCode
    try {
      code = await printOutcome(printing, await run(...(args as unknown as Args)))
    } catch (error) {
      code = printRefusal(printing, refusalOf(error))
    }
    terminal.setExitCode(code)
  }
