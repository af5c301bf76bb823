import type { CryptoKey } from 'jose'
import type { Purpose } from '#src/kernel/identity.ts'
import type { ItsmeConfig } from '#src/upstream/itsme/config.ts'
import type { AuthorizationParameters } from './authorization-request.ts'
import type { RequestObjectShelf } from './request-object-shelf.ts'

type Recipient = { readonly kid: string; readonly key: CryptoKey }

const asQuery = (parameters: AuthorizationParameters): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )

/**
 * Gives an authorization request the form in which it goes to itsme: plain, as an object, or as the address of one;
 * never both (OIDC Core 6). With an object the query repeats what OAuth demands there, and nothing else
 * (RFC 9101, 5). Confirmation has an object in any case: itsme takes none without.
 * @returns the query's parameters
 */
export const createRequestForm = (deps: {
  mode: ItsmeConfig['requestObject']
  createObject: (parameters: AuthorizationParameters, recipient: Recipient) => Promise<string>
  shelf: Pick<RequestObjectShelf, 'put'>
}) => {
  const { mode, createObject, shelf } = deps

  return async (
    purpose: Purpose,
    parameters: AuthorizationParameters,
    recipient: () => Promise<Recipient>,
  ): Promise<Record<string, string>> => {
    if (mode === 'off' && purpose !== 'confirmation') return asQuery(parameters)
    const { response_type, client_id, scope } = asQuery(parameters)
    const outside = { response_type, client_id, scope } as Record<string, string>
    const object = await createObject(parameters, await recipient())
    return mode === 'request_uri'
      ? { ...outside, request_uri: await shelf.put(object) }
      : { ...outside, request: object }
  }
}
