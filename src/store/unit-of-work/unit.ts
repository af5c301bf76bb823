import type { StoredArtifact } from '#src/store/ports/artifacts.ts'
import { createPendingWrites, type PendingWrites } from './pending-writes.ts'

/** What one request has gathered. */
export type Unit = {
  readonly writes: PendingWrites
  /** Artifacts that were fetched before anybody asked, by key; the first who asks takes it. */
  readonly fetched: Map<string, Promise<StoredArtifact | undefined>>
  isOver(): boolean
  /** Does the work, then sends what is left, also when it fails: what it wrote before is written. */
  end<Result>(work: () => Promise<Result>): Promise<Result>
}

/** The key of an artifact within a unit. */
export const artifactKey = (model: string, id: string): string => `${model}\n${id}`

/** A unit for one request. */
export const createUnit = (): Unit => {
  const writes = createPendingWrites()
  let over = false
  return {
    writes,
    fetched: new Map(),
    isOver: () => over,
    end: async work => {
      try {
        const result = await work()
        await writes.sendAll()
        return result
      } catch (error) {
        await writes.sendAll().catch(() => undefined)
        throw error
      } finally {
        over = true
      }
    },
  }
}
