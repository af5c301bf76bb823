import { SILENT } from '#src/cli/silent.ts'
import { openClientFiles } from '#src/clients/client-registry.ts'
import type { Config } from '#src/config/schema.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { createGuardedFetch } from '#src/provider/outgoing/guarded-fetch.ts'
import type { ClientsPort } from '#src/store/ports/clients.ts'
import { type Check, fine, wrong } from './finding.ts'
import { toJson } from './read-json.ts'

const PAGE = 200
/** Most that the keys of an app may have, as for a node. */
const MAX_BYTES = 65_536

/** Where an app publishes its keys. */
type Published = { readonly clientId: string; readonly uri: string }

const published = (clientId: string, uri: unknown): readonly Published[] =>
  typeof uri === 'string' ? [{ clientId, uri }] : []

const ofStore = async (clients: Pick<ClientsPort, 'page'>): Promise<readonly Published[]> => {
  const found: Published[] = []
  let after: string | undefined = ''
  while (after !== undefined) {
    const page = await clients.page({ after, limit: PAGE })
    for (const { clientId, state, managedBy, metadata } of page) {
      const isKept = state === 'active' && managedBy !== 'file'
      const { jwks_uri: uri } = (metadata ?? {}) as { jwks_uri?: unknown }
      if (isKept) found.push(...published(clientId, uri))
    }
    after = page.length < PAGE ? undefined : page.at(-1)?.clientId
  }
  return found
}

/**
 * Whether each app that publishes keys has some, read as a node reads them: an app chose the address, so only what a node
 * may call is called.
 * @throws PiasError `config.*` when the files cannot be used; what the store throws
 */
export const checkClients = async (
  config: Pick<Config, 'clientsDir' | 'environment' | 'clientCalls'>,
  clients: Pick<ClientsPort, 'page'>,
  clock: Clock,
): Promise<readonly Check[]> => {
  const { clientsDir: dir, environment } = config
  const files = openClientFiles({ dir, environment, clock, logger: SILENT })
  const ofFiles = files.all().flatMap(({ client }) => published(client.client_id, client.jwks_uri))
  const others = (await ofStore(clients)).filter(({ clientId }) => files.find(clientId) === undefined)
  const loopbackHttp = environment === 'development'
  const guardedFetch = createGuardedFetch({ ...config.clientCalls, loopbackHttp, maxBytes: MAX_BYTES })
  return [...ofFiles, ...others].map(({ clientId, uri }) => ({
    what: `keys of the app ${clientId}`,
    run: async () => {
      const { status, json } = await toJson(await guardedFetch(uri))
      const keys = status === 200 && Array.isArray(json.keys) ? json.keys : []
      return keys.length > 0
        ? fine(`${keys.length} keys`)
        : wrong(`${uri} answers ${status} without keys`, 'tell its owner')
    },
  }))
}
