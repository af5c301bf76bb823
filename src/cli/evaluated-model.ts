import { readFile } from 'node:fs/promises'
import { decodeModel } from '#src/linking/model-format.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import { fileFault } from './failure-line.ts'
import { withStore } from './offline.ts'
import type { Terminal } from './terminal.ts'

/**
 * The model an evaluation decides with.
 * @param choice `stored` for the one in force in the configured store, a file that `matching train --out` wrote, or
 *   nothing for the built-in one
 * @returns the model, or why there is none
 * @throws what opening the store throws
 */
export const evaluatedModel = async (
  terminal: Terminal,
  choice: string | undefined,
): Promise<MatchModel | { readonly problem: string }> => {
  if (choice === undefined) return DEFAULT_MODEL
  if (choice === 'stored') {
    const { clock } = terminal
    return withStore({ terminal }, async ({ keys }) => (await createModelInForce({ keys, clock })()).model)
  }
  try {
    const model = decodeModel(await readFile(choice, 'utf8'))
    return model ?? { problem: `${choice} holds no model of this version: train it again` }
  } catch (error) {
    const fault = fileFault(error)
    if (fault === undefined) throw error
    return { problem: `cannot read ${choice}: ${fault}` }
  }
}
