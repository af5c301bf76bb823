import { clientFilesOf } from '#src/cli/client-files.ts'
import { withStore } from '#src/cli/offline.ts'
import { notFound, type Outcome, refused, unusable } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'
import type { Quickstart } from '#src/clients/quickstarts/quickstart.ts'
import { STACK_NAMES, writeQuickstarts } from '#src/clients/quickstarts/write-quickstarts.ts'

const findClient = async (terminal: Terminal, clientId: string): Promise<ClientMetadata | undefined> => {
  const ofFile = clientFilesOf(terminal).find(clientId)?.client
  if (ofFile !== undefined) return ofFile
  const stored = await withStore({ terminal }, store => store.clients.find(clientId))
  return stored?.state === 'active' ? clientMetadataSchema.safeParse(stored.metadata).data : undefined
}

const heading = ({ title, stack, tested }: Quickstart): string =>
  `== ${title} (${stack}): ${tested ? 'run by a test of PIAS' : 'not run by any test of PIAS'}`

/**
 * `clients quickstart`: the code alone where a stack is named, else that of every stack that fits, each under its name.
 * Refused where there is no such app, or no such code for it.
 */
export const printQuickstarts = async (terminal: Terminal, clientId: string, stack?: string): Promise<Outcome> => {
  const client = await findClient(terminal, clientId)
  if (client === undefined) return notFound(`there is no app ${clientId}`)
  const all = writeQuickstarts(client, terminal.loadConfig().issuer)
  const names = all.map(one => one.stack).join(', ')
  if (all.length === 0) return refused('no-code', `${clientId} has no login in a browser: there is no code for it`)
  const one = all.find(quickstart => quickstart.stack === stack)
  if (one !== undefined) return { value: [one], text: one.code }
  if (stack === undefined) return { value: all, text: all.map(each => `${heading(each)}\n\n${each.code}\n`).join('') }
  return STACK_NAMES.includes(stack)
    ? unusable(`${stack} does not fit ${clientId}: choose one of ${names}`)
    : unusable(`there is no code for "${stack}": choose one of ${names}`)
}
