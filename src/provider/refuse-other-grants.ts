import Provider, { errors } from 'oidc-provider'

/** Whether a request is about this very grant, and not only about what comes with it. */
const isAskedFor = (type: string): boolean => {
  const { route, params } = Provider.ctx?.oidc ?? {}
  if (route === 'token') return params?.grant_type === type
  return route === 'device_authorization' && type !== 'refresh_token'
}

/**
 * Tells a client that asks for a grant which is not its own so by OAuth's code for it (RFC 6749, 5.2; RFC 8628, 3.2); the library says `invalid_request`.
 * @throws UnauthorizedClient
 */
export const refuseOtherGrants = ({ Client }: Provider): void => {
  const clients = Client.prototype as unknown as { grantTypeAllowed(type: string): boolean }
  const { grantTypeAllowed } = clients
  clients.grantTypeAllowed = function (type) {
    const isAllowed = grantTypeAllowed.call(this, type)
    if (!isAllowed && isAskedFor(type)) throw new errors.UnauthorizedClient('this grant is not one of the client')
    return isAllowed
  }
}
