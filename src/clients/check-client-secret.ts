import type { Clock } from '#src/kernel/runtime.ts'
import { type ClientsPort, SECRET_USE_GRAIN_MS } from '#src/store/ports/clients.ts'
import type { ClientRegistry } from './client-registry.ts'
import { findSecret } from './client-secrets.ts'

/** Whether a client proves itself with this secret. */
export type CheckClientSecret = (clientId: string, given: string) => Promise<boolean>

/**
 * Compares a secret with those of its client. That it was used is noted in the store once a minute, which nobody waits
 * for: a login costs no command more.
 */
export const createCheckClientSecret = (deps: {
  registry: Pick<ClientRegistry, 'secretsOf' | 'refresh'>
  clients: Pick<ClientsPort, 'noteSecretUse'>
  clock: Clock
}): CheckClientSecret => {
  const { registry, clients, clock } = deps
  const notedAt = new Map<string, number>()

  const note = (clientId: string, secretId: string): void => {
    const key = `${clientId} ${secretId}`
    const at = clock()
    if (at - (notedAt.get(key) ?? Number.NEGATIVE_INFINITY) < SECRET_USE_GRAIN_MS) return
    notedAt.set(key, at)
    // What is lost with a store that is away is known again a minute later.
    clients.noteSecretUse({ clientId, secretId, at }).catch(() => undefined)
  }

  return async (clientId, given) => {
    const find = () => findSecret(registry.secretsOf(clientId), given, clock())
    let found = find()
    if (found === undefined) {
      // It may have been made at another node a moment ago.
      await registry.refresh({ now: true })
      found = find()
    }
    if (found !== undefined) note(clientId, found.id)
    return found !== undefined
  }
}
