import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

/** What stands in the list where the terminal of whoever prints it would have its own. */
export const NAMES_IN_REFERENCE = {
  defaultDataDir: '$PIAS_DATA_DIR',
  operator: '$USER',
} as const satisfies Partial<Terminal>

const HEADING = `# Command line

\`npm run pias -- COMMAND\`. Written by \`npm run --silent pias -- reference > docs/cli.md\`. Exit codes: 0 done; 1 failed, with one
line that says why; 2 nothing of the input could be used, or where a command says so.
`

/** Words of a table: a bar would end its cell, an angle bracket begin HTML. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

const defaultOf = (value: unknown): string =>
  value === undefined || value === false
    ? ''
    : ` (by default ${Array.isArray(value) ? value.join(' ') : String(value)})`

const optionsOf = (command: Command): readonly string[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map(
      ({ flags, mandatory, description, defaultValue }) =>
        `| \`${flags}\` | ${mandatory ? 'yes' : ''} | ${cell(description)}${cell(defaultOf(defaultValue))} |`,
    )

const section = (command: Command, path: readonly string[]): string => {
  const options = optionsOf(command)
  const usage = [
    ...path,
    ...command.registeredArguments.map(one => (one.required ? `<${one.name()}>` : `[${one.name()}]`)),
  ]
  const table = options.length === 0 ? [] : ['', '| option | needed | what it is |', '|---|---|---|', ...options]
  return [`### \`pias ${usage.join(' ')}\``, '', command.description(), ...table, ''].join('\n')
}

const sectionsOf = (command: Command, path: readonly string[]): readonly string[] =>
  command.commands.length === 0
    ? [section(command, path)]
    : command.commands.flatMap(child => sectionsOf(child, [...path, child.name()]))

/** All commands with their options as Markdown, so that the document never differs from the program. */
export const commandReference = (program: Command): string =>
  [
    HEADING,
    ...program.commands.flatMap(command => [
      `## ${command.name()}\n\n${command.commands.length === 0 ? '' : `${command.description()}\n`}`
        .trimEnd()
        .concat('\n'),
      ...sectionsOf(command, [command.name()]),
    ]),
  ].join('\n')
