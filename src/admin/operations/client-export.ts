import { usesSecret } from '#src/clients/client-metadata.ts'
import { isLive } from '#src/clients/client-secrets.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { ClientSecret, StoredClient } from '#src/store/ports/clients.ts'
import type { Fields } from './plan-entry.ts'

const toHash = ({ hash, expiresAt }: ClientSecret): Json =>
  expiresAt === undefined ? hash : { hash, expires_at: new Date(expiresAt).toISOString() }

/**
 * A stored app as a file of many describes it, in which `plan` finds nothing to change: with its state, whoever manages
 * it, the rollout policy in force, and the secrets that work, each with its end. One that has expired is left out.
 * @param options.policy the policy that is stored for it, over what its metadata say
 * @param options.now epoch milliseconds
 */
export const toPlanEntry = (client: StoredClient, options: { policy: Json | undefined; now: number }): Fields => {
  const { metadata, state, managedBy, secrets } = client
  const { policy, now } = options
  const fields = metadata as Fields
  const { token_endpoint_auth_method: method = '' } = fields
  const hashes = secrets.filter(secret => isLive(secret, now)).map(toHash)
  return {
    ...fields,
    ...(policy !== undefined && { pias_rollout: policy }),
    ...(state === 'disabled' && { pias_state: state }),
    ...(managedBy !== 'apply' && { pias_managed_by: managedBy }),
    ...(usesSecret({ token_endpoint_auth_method: String(method) }) && { pias_secret_hashes: hashes }),
  }
}
