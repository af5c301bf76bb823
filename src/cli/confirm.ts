import { type Refused, refused } from './outcome.ts'
import type { Terminal } from './terminal.ts'

/** The flag that goes with {@link unconfirmed}: every command that does harm if it is a mistake has it. */
export const YES = ['--yes', 'does it without asking'] as const

/**
 * Asks whether somebody wants what does harm if it is a mistake: said by `--yes`, or by typing the name of what it is done
 * to where there is a terminal. A script that forgot the flag does nothing.
 * @param act.what it does and what that means, in a few words; `name` is what has to be typed
 * @returns undefined where somebody does; else the refusal, which tells what it would have done
 */
export const unconfirmed = async (
  terminal: Pick<Terminal, 'ask'>,
  act: { readonly yes: boolean | undefined; readonly what: string; readonly name: string },
): Promise<Refused | undefined> => {
  const { yes, what, name } = act
  if (yes) return undefined
  const typed = await terminal.ask?.(`${what}. Type ${name} to do it: `)
  if (typed?.trim() === name) return undefined
  const how = typed === undefined ? '--yes does it' : 'that was not the name'
  return refused('unconfirmed', `${what}. Nothing was done: ${how}`)
}
