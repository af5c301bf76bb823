import type { Command } from 'commander'

/** Ids are random text, of which one in 64 begins with a hyphen; no option has a capital, a digit or an underscore. */
const ID = /^-[a-z-]*[A-Z0-9_][\w-]*$/

const isOption = (text: string): boolean => text.startsWith('-') && !ID.test(text)

/** Lets every command take an id as its argument that looks like an option, wherever it stands. */
export const takeIds = (command: Command): void => {
  for (const child of command.commands) takeIds(child)
  if (command.registeredArguments.length === 0) return
  const parse = command.parseOptions.bind(command)
  command.parseOptions = args => {
    const { operands, unknown } = parse(args)
    return {
      operands: [...operands, ...unknown.filter(text => !isOption(text))],
      unknown: unknown.filter(isOption),
    }
  }
}
