import { refuse, type Terminal } from './terminal.ts'

/** The flag that goes with {@link isConfirmed}. */
export const YES = ['--yes', 'does it without a question'] as const

/**
 * Whether somebody wants what does harm if it is a mistake: said by `--yes`, or by typing the name of what it is done to
 * where there is a terminal. Else nothing is done, which is told, with exit code 2: a script that forgot the flag does
 * nothing.
 * @param act.what it does and what that means, in a few words; `name` is what has to be typed
 */
export const isConfirmed = async (
  terminal: Pick<Terminal, 'ask' | 'stderr' | 'setExitCode'>,
  act: { readonly yes: boolean | undefined; readonly what: string; readonly name: string },
): Promise<boolean> => {
  const { yes, what, name } = act
  if (yes) return true
  const typed = await terminal.ask?.(`${what}. Type ${name} to do it: `)
  if (typed?.trim() === name) return true
  const how = typed === undefined ? '--yes does it' : 'that was not it'
  refuse(terminal, `${what}. Nothing was done: ${how}`)
  return false
}
