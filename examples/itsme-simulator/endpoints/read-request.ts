import type { Client } from '../options.ts'
import { checkRedirectUri, type OnPage, type OnRedirect } from './authorization-request.ts'

/** A request whose sender is known; `problem` is what is wrong with its request object. */
type ReadRequest = {
  readonly client: Client
  readonly parameters: ReadonlyMap<string, string>
  readonly redirectUri: string
  readonly problem?: OnRedirect
}

type RequestReaderDeps = {
  readonly findClient: (clientId: string) => Client | undefined
  readonly readRequestObject: (client: Client, object: string) => Promise<Map<string, string>>
  readonly fetchRequestObject: (client: Client, uri: string) => Promise<string>
}

type Parameters = ReadonlyMap<string, string>

const wrong = (error: string, description: string): OnRedirect => ({ kind: 'redirect', error, description })

/** One value per parameter; a second one is an error (RFC 6749, 3.1). */
const readQuery = (query: string): Map<string, string> | undefined => {
  const entries = [...new URLSearchParams(query)]
  const parameters = new Map(entries)
  return parameters.size === entries.length ? parameters : undefined
}

/** What must be outside although there is a request object (itsme's rule, and OIDC Core 6.1). */
const checkOutside = (outside: Parameters): OnRedirect | undefined => {
  if (outside.has('request') && outside.has('request_uri'))
    return wrong('invalid_request', 'request and request_uri were both sent')
  if (!outside.has('response_type')) return wrong('invalid_request', 'response_type must be in the query, too')
  const scopes = (outside.get('scope') ?? '').split(' ')
  return scopes.includes('openid') ? undefined : wrong('invalid_request', 'scope with openid must be in the query, too')
}

const checkAgreement = (outside: Parameters, inside: Parameters): OnRedirect | undefined => {
  const name = ['client_id', 'response_type'].find(one => inside.has(one) && inside.get(one) !== outside.get(one))
  if (name !== undefined) return wrong('invalid_request', `${name} differs in the request object`)
  return inside.has('request') || inside.has('request_uri')
    ? wrong('invalid_request_object', 'a request object holds no other')
    : undefined
}

/** The parameters in the request object, if there is one: empty without. */
const readInside = async (
  client: Client,
  outside: Parameters,
  deps: RequestReaderDeps,
): Promise<Parameters | OnRedirect> => {
  let object = outside.get('request')
  try {
    const uri = outside.get('request_uri')
    if (uri !== undefined) object = await deps.fetchRequestObject(client, uri)
  } catch (error) {
    return wrong('invalid_request_uri', (error as Error).message)
  }
  try {
    return object === undefined ? new Map() : await deps.readRequestObject(client, object)
  } catch (error) {
    return wrong('invalid_request_object', (error as Error).message)
  }
}

/** Lays the request object's parameters over those of the query; tells what is wrong with it. */
const merge = async (
  client: Client,
  parameters: Map<string, string>,
  deps: RequestReaderDeps,
): Promise<OnRedirect | undefined> => {
  if (!parameters.has('request') && !parameters.has('request_uri')) return undefined
  const problem = checkOutside(parameters)
  if (problem !== undefined) return problem
  const inside = await readInside(client, parameters, deps)
  if ('error' in inside) return inside
  const disagreement = checkAgreement(parameters, inside)
  if (disagreement !== undefined) return disagreement
  for (const [name, value] of inside) parameters.set(name, value)
  return undefined
}

/**
 * Reads who asks and where the answer goes; until both are certain, problems are told on a page and sent nowhere
 * (RFC 6749, 4.1.2.1).
 */
export const createRequestReader =
  (deps: RequestReaderDeps) =>
  async (query: string): Promise<ReadRequest | OnPage> => {
    const parameters = readQuery(query)
    if (parameters === undefined) return { kind: 'page', reason: 'A parameter was sent twice' }
    const client = deps.findClient(parameters.get('client_id') ?? '')
    if (client === undefined) return { kind: 'page', reason: 'client_id is not known' }
    const problem = await merge(client, parameters, deps)
    const redirectUri = checkRedirectUri(parameters, client)
    if (typeof redirectUri !== 'string') return redirectUri
    return { client, parameters, redirectUri, ...(problem === undefined ? {} : { problem }) }
  }
