import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PiasError } from '#src/kernel/errors.ts'
import { claimNode, tryClaim } from '#src/store/sqlite/claim-node.ts'

/**
 * Claims a data folder for one `npm start`, whatever the store: another on it would register the sample apps anew, at its own
 * ports, and the apps of the first could log nobody in any more. On the embedded store a node that was started otherwise has
 * it as well. The claim ends with the process, however that ends.
 * @param options.shown the folder as it is told
 * @returns gives the claim back
 * @throws PiasError `store.unusable` when another one has it, or where the folder cannot be written
 */
export const claimFolder = (options: { dataDir: string; shown: string; isEmbedded: boolean }): (() => void) => {
  const { dataDir, shown, isEmbedded } = options
  const nodeLock = join(dataDir, 'node.lock')
  if (isEmbedded && existsSync(nodeLock)) claimNode(nodeLock)()
  const giveBack = tryClaim(join(dataDir, 'start.lock'))
  if (giveBack !== undefined) return giveBack
  const remedy = 'stop it first, or set another data folder (PIAS_DATA_DIR) and other ports'
  throw new PiasError('store.unusable', `another npm start runs on ${shown}: ${remedy}`)
}
