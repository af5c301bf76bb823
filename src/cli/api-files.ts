import { withAdminApi } from '#src/admin/admin-client.ts'
import { openApiRegistry } from '#src/clients/api-registry.ts'
import { adminOriginOf } from '#src/config/schema.ts'
import { SILENT } from './silent.ts'
import type { Terminal } from './terminal.ts'

/** The APIs of files that a node would have here. @throws PiasError `config.invalid` for a file that is wrong */
export const apiFilesOf = ({ loadConfig, clock }: Terminal) =>
  openApiRegistry({ dir: loadConfig().apisDir, clock, logger: SILENT })

/** All APIs that a node would issue tokens for here: those of files, and its own. @throws PiasError `config.invalid` */
export const apisOf = (terminal: Terminal) => {
  const [files, { admin }] = [apiFilesOf(terminal), terminal.loadConfig()]
  return admin === undefined ? files : withAdminApi(files, adminOriginOf(admin))
}
