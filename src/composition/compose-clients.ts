import { adminClient, withAdminApi } from '#src/admin/admin-client.ts'
import { type ApiRegistry, openApiRegistry } from '#src/clients/api-registry.ts'
import { withBuiltInClients } from '#src/clients/built-in-clients.ts'
import { type ClientRegistry, openClientFiles, openClientRegistry } from '#src/clients/client-registry.ts'
import { type TrialSurroundings, withTrialClients } from '#src/clients/trial-clients.ts'
import type { Config } from '#src/config/schema.ts'
import { publicHalf } from '#src/crypto/key-ring/private-jwk.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { accountClient } from '#src/self-service/account-client.ts'
import type { Store } from '#src/store/ports/store.ts'
import { loadTrialKey, trialCallback } from './trial-key.ts'

type TrialKeys = TrialSurroundings['jwks']['keys']
type ClientFiles = ReturnType<typeof openClientFiles>

/** What is read from files before there is a store: a file that is wrong keeps the node from starting. */
export type Registries = {
  readonly files: ClientFiles
  readonly apis: ApiRegistry
  /** All apps: of files, of the store, PIAS's own pages, and where there is a console the twins for its trials. */
  readonly withStore: (store: Store) => Promise<ClientRegistry>
}

/** Joins the apps and APIs of files, of the store, and of PIAS itself. */
export const composeClients = (deps: {
  config: Config
  adminOrigin: string | undefined
  clock: Clock
  logger: Logger
}): Registries => {
  const { config, adminOrigin, clock, logger } = deps
  const files = openClientFiles({ dir: config.clientsDir, environment: config.environment, clock, logger })
  const apis = openApiRegistry({ dir: config.apisDir, clock, logger })
  const ownPages = [
    accountClient(config.issuer),
    ...(adminOrigin ? [adminClient(adminOrigin, config.passkeys.acr)] : []),
  ]
  return {
    files,
    apis: adminOrigin ? withAdminApi(apis, adminOrigin) : apis,
    withStore: async store => {
      const registered = await openClientRegistry({ files, clients: store.clients, clock, logger })
      const all = withBuiltInClients(registered, ownPages)
      if (adminOrigin === undefined) return all
      const keys = [publicHalf(await loadTrialKey(store.keys))] as TrialKeys
      return withTrialClients(all, { redirectUri: trialCallback(adminOrigin), jwks: { keys } })
    },
  }
}
