import type { Command } from 'commander'

/** What a command says of its output beside what its options say. */
export type Declared = {
  /** It prints a file in this format, for another program: `--json` would make it something else. */
  readonly format?: string
  /** `--json` prints a list, one object a line. */
  readonly lines?: true
  /** Exit code 2 means that something is to be done, and so nothing else. */
  readonly pendingIsTwo?: true
}

const DECLARED = Symbol('declared')

/** Says it of a command. */
export const declare = (command: Command, what: Declared): Command => Object.assign(command, { [DECLARED]: what })

/** What a command said. */
export const declaredOf = (command: Command): Declared => (command as { [DECLARED]?: Declared })[DECLARED] ?? {}

/** Every command that does something, with the words it is called by. */
export const commandsOf = (
  command: Command,
  path: readonly string[] = [],
): readonly { readonly command: Command; readonly path: readonly string[] }[] =>
  command.commands.length === 0
    ? [{ command, path }]
    : command.commands.flatMap(child => commandsOf(child, [...path, child.name()]))

/** Lets every command take `--json` but those that print a format of their own. */
export const takeJson = (program: Command): void => {
  for (const { command } of commandsOf(program)) {
    const { format, lines } = declaredOf(command)
    if (format === undefined) command.option('--json', lines ? 'as JSON, one object per line' : 'as JSON')
  }
}
