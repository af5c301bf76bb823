import type { Command } from 'commander'
import { commandsOf, declaredOf } from './declared.ts'
import { EXIT_CODES } from './outcome.ts'
import type { Terminal } from './terminal.ts'

/** What stands in the list where the terminal of whoever prints it would have its own. */
export const NAMES_IN_REFERENCE = {
  defaultDataDir: '$PIAS_DATA_DIR',
} as const satisfies Partial<Terminal>

const HEADING = `# Command line

\`npm run pias -- COMMAND\`. Written by \`npm run --silent pias -- reference > docs/cli.md\`.

## Exit codes

| code | what it means |
|---|---|
${Object.entries(EXIT_CODES)
  .map(([code, meaning]) => `| ${code} | ${meaning} |`)
  .join('\n')}

## JSON

With \`--json\` (and npm's \`--silent\`) standard output holds JSON and nothing else: one object or array on one line or,
where it says so, one object per line, so that a list of millions can be read as it comes. Names are those of the admin API
where it has the same thing; times are epoch milliseconds. A secret that is shown once is in it, and nowhere else. Notes for
people and progress are left out or on standard error. Exit codes are the same.

When nothing was done, the last line of standard error says why, as an object: \`code\` (stable: one of [errors](errors.md), of a problem of
the admin API, or \`usage\`, \`unconfirmed\`, \`not-found\` and such), \`message\` (for people), and \`errors\` where fields are wrong.

## Questions

A command that would do harm by mistake says what it will do, and does it once the name it asks for is typed, or with
\`--yes\`. Without a terminal and without \`--yes\` nothing is done (exit code 2, \`unconfirmed\`).
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

/** Why a command takes no `--json`. */
const formatOf = (command: Command): readonly string[] => {
  const { format } = declaredOf(command)
  return format === undefined ? [] : ['', `Prints ${format}, so it takes no \`--json\`.`]
}

const section = (command: Command, path: readonly string[]): string => {
  const options = optionsOf(command)
  const usage = [
    ...path,
    ...command.registeredArguments.map(one => (one.required ? `<${one.name()}>` : `[${one.name()}]`)),
  ]
  const table = options.length === 0 ? [] : ['', '| option | needed | what it is |', '|---|---|---|', ...options]
  return [`### \`pias ${usage.join(' ')}\``, '', command.description(), ...formatOf(command), ...table, ''].join('\n')
}

const sectionsOf = (command: Command): readonly string[] =>
  commandsOf(command, [command.name()]).map(({ command: leaf, path }) => section(leaf, path))

/** All commands with their options as Markdown, so that the document never differs from the program. */
export const commandReference = (program: Command): string =>
  [
    HEADING,
    ...program.commands.flatMap(command => [
      `## ${command.name()}\n\n${command.commands.length === 0 ? '' : `${command.description()}\n`}`
        .trimEnd()
        .concat('\n'),
      ...sectionsOf(command),
    ]),
  ].join('\n')
