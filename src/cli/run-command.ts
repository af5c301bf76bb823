import { type Command, CommanderError } from 'commander'
import { printRefusal } from './answer.ts'
import { refused } from './outcome.ts'
import { createProgram } from './program.ts'
import type { ProcessTerminal } from './terminal.ts'

/** What commander says where only the name of a group was given: that it showed the help. */
const NO_COMMAND = 'commander.help'

/**
 * Runs one command of `pias`. What is wrong with the command line itself is told with the usage, or as a JSON object, with
 * the exit code of what cannot be used.
 * @param args as they were typed, without the name of the program
 */
export const runCommand = async (terminal: ProcessTerminal, args: readonly string[]): Promise<void> => {
  const program = createProgram(terminal)
  let usage = ''
  let wrong: Command = program
  const settle = (command: Command): void => {
    command.configureOutput({
      writeOut: text => terminal.stdout.write(text),
      writeErr: text => {
        usage += text
      },
    })
    command.exitOverride(error => {
      wrong = command
      throw error
    })
    for (const child of command.commands) settle(child)
  }
  settle(program)
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    const message = error.code === NO_COMMAND ? 'this is a group of commands' : error.message.replace(/^error: /, '')
    const { refused: told } = refused('usage', message)
    const json = args.includes('--json')
    terminal.setExitCode(printRefusal({ terminal, json, command: wrong }, { refused: { ...told, text: usage } }))
  }
}
