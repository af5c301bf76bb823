import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { AttemptsPort } from '#src/store/ports/attempts.ts'
import { artifactKey, type Unit } from './unit.ts'

type Ports = { readonly attempts: AttemptsPort; readonly artifacts: Pick<ArtifactsPort, 'find'> }

const attemptKey = (uid: string): string => `attempt\n${uid}`

/**
 * Attempts whose creation is gathered, for nobody knows their id before the answer. A transition is decided by the store
 * at once, and what is gathered travels with it, ahead of it. Reads are never kept: whoever waits for another request
 * reads again and again.
 */
export const createGatheringAttempts = (
  ports: Ports,
  current: () => Unit | undefined,
  companionOf: ((uid: string) => { model: string; id: string }) | undefined,
): AttemptsPort => {
  /** Sent with the transition; a failure is told to whoever asks for the artifact, if anybody does. */
  const fetchCompanion = (unit: Unit, uid: string): void => {
    if (companionOf === undefined) return
    const { model, id } = companionOf(uid)
    const key = artifactKey(model, id)
    if (unit.fetched.has(key) || unit.writes.get(key) !== undefined) return
    const found = ports.artifacts.find(model, id)
    found.catch(() => undefined)
    unit.fetched.set(key, found)
  }

  return {
    create: async (uid, data, ttlSeconds) => {
      const unit = current()
      if (unit === undefined || ttlSeconds <= 0) return ports.attempts.create(uid, data, ttlSeconds)
      unit.writes.put(attemptKey(uid), () => ports.attempts.create(uid, data, ttlSeconds), data)
      return 1
    },

    find: async uid => {
      const own = current()?.writes.get(attemptKey(uid))
      return own?.value === undefined ? ports.attempts.find(uid) : { version: 1, data: own.value }
    },

    transition: async (uid, version, data) => {
      const unit = current()
      if (unit === undefined) return ports.attempts.transition(uid, version, data)
      if (unit.writes.get(attemptKey(uid)) !== undefined) await unit.writes.sendAll()
      // Nothing to be sent means that the request has not come to its result: it is about to read.
      if (unit.writes.isEmpty()) fetchCompanion(unit, uid)
      const sent = unit.writes.sendAll()
      const [outcome] = await Promise.all([ports.attempts.transition(uid, version, data), sent])
      return outcome
    },
  }
}
