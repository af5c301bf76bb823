import type { Terminal } from './terminal.ts'

/**
 * Whether somebody wants what cannot be undone: said by `--yes`, or by typing the name of what is lost where there is a
 * terminal. Else nothing is done, which is told, with exit code 2: a script that forgot the flag destroys nothing.
 * @param act.what it does, in a few words; `name` is what has to be typed
 */
export const isConfirmed = async (
  terminal: Pick<Terminal, 'ask' | 'stderr' | 'setExitCode'>,
  act: { readonly yes: boolean; readonly what: string; readonly name: string },
): Promise<boolean> => {
  const { yes, what, name } = act
  if (yes) return true
  const typed = await terminal.ask?.(`${what}; this cannot be undone. Type ${name} to do it: `)
  if (typed?.trim() === name) return true
  const how = typed === undefined ? '--yes does it' : 'that was not it'
  terminal.stderr.write(`pias: ${what}; this cannot be undone. Nothing was done: ${how}\n`)
  terminal.setExitCode(2)
  return false
}
