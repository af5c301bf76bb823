import { AsyncLocalStorage } from 'node:async_hooks'
import type { ExpiringStore } from '#src/store/ports/store.ts'
import type { UnitOfWork } from '#src/store/ports/unit-of-work.ts'
import { createGatheringArtifacts } from './gathering-artifacts.ts'
import { createGatheringAttempts } from './gathering-attempts.ts'
import { createUnit, type Unit } from './unit.ts'

type Ports = Pick<ExpiringStore, 'artifacts' | 'attempts'>

/**
 * Wraps the expiring ports of a store: within `run`, artifacts and new attempts that are written are gathered, reads see
 * them, and all are sent at once before `run` resolves. Which request a call belongs to is known by its asynchronous
 * context, so that the ports stay what they are and a provider inside a provider is no exception.
 * @param options.companionOf the artifact that whoever changes an attempt is about to read: it is fetched along with
 *   the change, in the same round trip
 * @see docs/decisions/0011-unit-of-work.md
 */
export const createUnitOfWork = (
  ports: Ports,
  options: { companionOf?: (attemptUid: string) => { model: string; id: string } } = {},
): UnitOfWork & Ports => {
  const units = new AsyncLocalStorage<Unit>()
  /** Work that goes on after its request was answered belongs to no unit any more. */
  const current = (): Unit | undefined => {
    const unit = units.getStore()
    return unit?.isOver() ? undefined : unit
  }

  return {
    artifacts: createGatheringArtifacts(ports, current),
    attempts: createGatheringAttempts(ports, current, options.companionOf),

    run: work => {
      const unit = createUnit()
      return units.run(unit, () => unit.end(work))
    },

    flush: async () => {
      await current()?.writes.sendAll()
    },

    defer: async command => {
      const unit = current()
      if (unit === undefined) return command()
      unit.writes.add(command)
    },
  }
}
