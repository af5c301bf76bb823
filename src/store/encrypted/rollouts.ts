import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { RolloutsPort, StoredRollout } from '#src/store/ports/rollouts.ts'
import { createSealEvents } from './audit.ts'

const contextOf = ({ clientId, version }: StoredRollout) => ['rollouts', 'policy', clientId, version]

/** Rollout policies sealed, each version for itself: the list of who is allowed in names accounts. */
export const encryptRollouts = (rollouts: RolloutsPort, keyring: Keyring): RolloutsPort => {
  const sealer = keyring.sealers.keys
  const sealEvents = createSealEvents(keyring)
  const open = (stored: StoredRollout): StoredRollout => ({
    ...stored,
    policy: JSON.parse(sealer.open(contextOf(stored), stored.policy as string)) as Json,
  })
  return {
    current: async clientId => {
      const stored = await rollouts.current(clientId)
      return stored && open(stored)
    },
    put: async (rollout, events) =>
      rollouts.put(
        { ...rollout, policy: sealer.seal(contextOf(rollout), JSON.stringify(rollout.policy)) },
        await sealEvents(events),
      ),
    history: async (clientId, limit) => (await rollouts.history(clientId, limit)).map(open),
  }
}
