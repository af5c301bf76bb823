import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { openClientFiles } from '#src/clients/client-registry.ts'
import type { Quickstart } from '#src/clients/quickstarts/quickstart.ts'
import { STACK_NAMES, writeQuickstarts } from '#src/clients/quickstarts/write-quickstarts.ts'

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const findClient = async (terminal: Terminal, clientId: string): Promise<ClientMetadata | undefined> => {
  const { clientsDir: dir, environment } = terminal.loadConfig()
  const files = openClientFiles({ dir, environment, clock: terminal.clock, logger: SILENT })
  const ofFile = files.find(clientId)?.client
  if (ofFile !== undefined) return ofFile
  const stored = await withStore({ terminal, dataDir: terminal.defaultDataDir }, store => store.clients.find(clientId))
  return stored?.state === 'active' ? clientMetadataSchema.safeParse(stored.metadata).data : undefined
}

const heading = ({ title, stack, tested }: Quickstart): string =>
  `== ${title} (${stack}): ${tested ? 'run by a test of PIAS' : 'not run by any test of PIAS'}`

/**
 * `clients quickstart`: the code alone where a stack is named, else that of every stack that fits, each under its name.
 * Exit code 2 when there is no such app, or no such code for it.
 */
export const printQuickstarts = async (terminal: Terminal, clientId: string, stack?: string): Promise<void> => {
  const client = await findClient(terminal, clientId)
  if (client === undefined) return refuse(terminal, `there is no app ${clientId}`)
  const all = writeQuickstarts(client, terminal.loadConfig().issuer)
  const names = all.map(one => one.stack).join(', ')
  if (all.length === 0) return refuse(terminal, `${clientId} signs nobody in by a browser: there is no code for it`)
  if (stack === undefined) {
    for (const one of all) terminal.stdout.write(`${heading(one)}\n\n${one.code}\n`)
    return
  }
  const one = all.find(quickstart => quickstart.stack === stack)
  if (one !== undefined) terminal.stdout.write(one.code)
  else if (STACK_NAMES.includes(stack)) refuse(terminal, `${stack} does not fit ${clientId}: choose one of ${names}`)
  else refuse(terminal, `there is no code for "${stack}": choose one of ${names}`)
}
