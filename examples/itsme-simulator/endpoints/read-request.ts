import type { Client } from '../options.ts'
import { checkRedirectUri, type OnPage } from './authorization-request.ts'

/** A request whose sender is known; `problem` is what its request object has wrong. */
type ReadRequest = {
  readonly client: Client
  readonly parameters: ReadonlyMap<string, string>
  readonly redirectUri: string
  readonly problem?: string
}

type ReadRequestObject = (client: Client, request: string) => Promise<Map<string, string>>

/** One value per parameter; a second one is an error (RFC 6749, 3.1). */
const readQuery = (query: string): Map<string, string> | undefined => {
  const entries = [...new URLSearchParams(query)]
  const parameters = new Map(entries)
  return parameters.size === entries.length ? parameters : undefined
}

/** Lays the request object's parameters over those of the query; tells what is wrong with it. */
const mergeRequestObject = async (
  client: Client,
  parameters: Map<string, string>,
  readRequestObject: ReadRequestObject,
): Promise<string | undefined> => {
  if (parameters.has('request_uri')) return 'request_uri is not registered'
  const request = parameters.get('request')
  if (request === undefined) return undefined
  try {
    const inside = await readRequestObject(client, request)
    for (const name of ['client_id', 'response_type']) {
      const value = inside.get(name)
      if (value !== undefined && value !== parameters.get(name)) return `${name} differs in the request object`
    }
    for (const [name, value] of inside) parameters.set(name, value)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/**
 * Reads who asks and where the answer goes; until both are certain, problems are told on a page and sent nowhere
 * (RFC 6749, 4.1.2.1).
 */
export const createRequestReader =
  (deps: { findClient: (clientId: string) => Client | undefined; readRequestObject: ReadRequestObject }) =>
  async (query: string): Promise<ReadRequest | OnPage> => {
    const parameters = readQuery(query)
    if (parameters === undefined) return { kind: 'page', reason: 'A parameter was sent twice' }
    const client = deps.findClient(parameters.get('client_id') ?? '')
    if (client === undefined) return { kind: 'page', reason: 'client_id is not known' }
    const problem = await mergeRequestObject(client, parameters, deps.readRequestObject)
    const redirectUri = checkRedirectUri(parameters, client)
    if (typeof redirectUri !== 'string') return redirectUri
    return { client, parameters, redirectUri, ...(problem === undefined ? {} : { problem }) }
  }
