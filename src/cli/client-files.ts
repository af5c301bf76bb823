import { openClientFiles } from '#src/clients/client-registry.ts'
import { SILENT } from './silent.ts'
import type { Terminal } from './terminal.ts'

/** The apps of files that a node would have here. */
export const clientFilesOf = ({ loadConfig, clock }: Terminal) => {
  const { clientsDir: dir, environment } = loadConfig()
  return openClientFiles({ dir, environment, clock, logger: SILENT })
}
