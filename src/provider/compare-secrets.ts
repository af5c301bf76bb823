import type Provider from 'oidc-provider'
import type { CheckClientSecret } from '#src/clients/check-client-secret.ts'

/** Compares secrets of clients by their hashes, of which a client may have two; the library knows one, in the plain. */
export const compareSecretsByHash = (provider: Provider, check: CheckClientSecret): void => {
  const { prototype } = provider.Client as unknown as {
    prototype: { clientId: string; compareClientSecret(given: string): Promise<boolean> }
  }
  prototype.compareClientSecret = function (given) {
    return check(this.clientId, given)
  }
}
