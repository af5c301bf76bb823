import { z } from 'zod'

/**
 * Configuration of the embedded store: `dataDir` is the directory of its files, made when missing; left out, the files
 * go where the node keeps its data (`StoreDeps.dataDir`).
 */
export const sqliteConfigSchema = z.strictObject({
  kind: z.literal('sqlite'),
  dataDir: z.string().min(1).optional(),
})
