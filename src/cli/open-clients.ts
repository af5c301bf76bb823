import { createClientPlans } from '#src/admin/operations/client-plan.ts'
import { type ClientOperations, createClientOperations } from '#src/admin/operations/clients.ts'
import { createCheckSurroundings } from '#src/clients/check-surroundings.ts'
import { createClientManagement } from '#src/clients/client-management.ts'
import { createImages } from '#src/pages/images.ts'
import type { Store } from '#src/store/ports/store.ts'
import { apisOf } from './api-files.ts'
import { clientFilesOf } from './client-files.ts'
import { withStore } from './offline.ts'
import type { Terminal } from './terminal.ts'

/** What apps may name here. */
export const surroundingsOf = (terminal: Terminal) => {
  const { upstreams, pages, lifetimes } = terminal.loadConfig()
  const findImage = createImages({ dir: pages.imagesDir }).find
  return createCheckSurroundings({
    upstreams: Object.keys(upstreams),
    findImage,
    lifetimes,
    apis: apisOf(terminal).all,
  })
}

/** What is done to apps, one by one and as a file of many. */
export type OpenedClients = { clients: ClientOperations; plans: ReturnType<typeof createClientPlans> }

/** The apps of a store that is open and of the files beside it, as a node would run with them here. */
export const clientsOn = (
  terminal: Terminal,
  { clients, rollouts }: Pick<Store, 'clients' | 'rollouts'>,
): OpenedClients => {
  const { clock } = terminal
  const files = clientFilesOf(terminal)
  return {
    clients: createClientOperations({
      clients,
      files: { ofFiles: () => files.all().map(({ client }) => client) },
      management: createClientManagement({ clients, fileOf: files.find, clock }),
      checkSurroundings: surroundingsOf(terminal),
    }),
    plans: createClientPlans({ clients, rollouts, isFile: id => files.find(id) !== undefined, clock }),
  }
}

/** Runs a command on them. @throws what the store throws */
export const withClients = <T>(terminal: Terminal, run: (on: OpenedClients) => Promise<T>): Promise<T> =>
  withStore({ terminal }, store => run(clientsOn(terminal, store)))
