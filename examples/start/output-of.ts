import { Writable } from 'node:stream'
import type { Children, Program } from './children.ts'

/** @returns what a program wrote on standard output */
export const outputOf = async (children: Pick<Children, 'run'>, program: Program): Promise<string> => {
  let text = ''
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk
      done()
    },
  })
  await children.run(program, output)
  return text
}
