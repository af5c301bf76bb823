import { availableParallelism } from 'node:os'
import { startPreparePool } from '#src/cli/import/prepare-pool.ts'
import { lookAtChanges, reviewsNote } from '#src/cli/look-at-changes.ts'
import { planStore, withFeedStore } from '#src/cli/offline.ts'
import { type Outcome, unusable } from '#src/cli/outcome.ts'
import { createProgress } from '#src/cli/progress.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import {
  addPresence,
  createPresence,
  driftOf,
  type PresenceCounts,
  profileOf,
} from '#src/customers/snapshot/base-profile.ts'
import { type ImportResult, importCustomers } from '#src/customers/snapshot/import-customers.ts'
import { createPrepareLines } from '#src/customers/snapshot/prepare-lines.ts'
import { findTrained, listActivations } from '#src/linking/stored-model.ts'
import { recordFormOf } from '#src/matching/record-form.ts'
import type { Store } from '#src/store/ports/store.ts'
import { importLines, type OpenedInput, READ_BYTES } from './import-lines.ts'
import { createRejectsFile } from './rejects-file.ts'

export type ImportCustomersOptions = {
  readonly file: string
  readonly rejects: string
  readonly dataDir: string
  /** Threads that prepare lines, as text; by default as many as pay for a file of its size here. */
  readonly threads?: string
}

/** A smaller file is read before threads have begun. */
const BYTES_FOR_THREADS = 8 * 1024 * 1024
/** One thread writes: more than this wait for it. */
const MOST_THREADS = 4
/** Lines of a transaction: a login that writes to the embedded store waits for no longer than one takes. */
const BATCH_LINES = 2000

/** At least two where threads pay: the one that writes to a server waits for most of the time. */
const threadsFor = (bytes: number): number =>
  bytes < BYTES_FOR_THREADS ? 0 : Math.max(2, Math.min(MOST_THREADS, availableParallelism() - 1))

/** Now and then during an import, so that what it notes of changes stays little, and at its end. */
const LOOK_EVERY_MS = 15_000

const createLooking = (terminal: Terminal, store: Store) => {
  const { clock } = terminal
  let raised = 0
  let lookedAt = clock()
  const look = async (onlyRipe: boolean): Promise<void> => {
    raised += (await lookAtChanges(terminal, store, { onlyRipe })).raised
    lookedAt = clock()
  }
  return {
    nowAndThen: async (): Promise<void> => {
      if (clock() - lookedAt > LOOK_EVERY_MS) await look(true)
    },
    /** @returns how many reviews were raised in all */
    atLast: async (): Promise<number> => {
      await look(false)
      return raised
    },
  }
}

/**
 * Writes down that an import begins, before the first change: of one that is killed what it wrote until then stays, and
 * who began it must be told. One that changes nothing begins nothing.
 */
const createNoteBegin = ({ clock, operator: by }: Terminal, { audit }: Store) => {
  let begun = false
  return async (changes: number): Promise<void> => {
    if (begun || changes === 0) return
    await audit.append([{ at: clock(), type: 'customers.import-begun', data: { by } }])
    begun = true
  }
}

/**
 * Writes down what an import did, and how far what it wrote is from what the model in force was trained on.
 * @returns the latter; undefined where nothing was written or the model was trained on nothing
 */
const noteImport = async (terminal: Terminal, store: Store, result: ImportResult, presence: PresenceCounts) => {
  const version = (await listActivations(store.keys)).at(-1)?.version
  const trained = version === undefined ? undefined : await findTrained(store.keys, version)
  const drift = trained && presence.people > 0 ? driftOf(trained.profile, profileOf(presence)) : undefined
  const data = {
    by: terminal.operator,
    ...result,
    ...(drift && { drift: Number(drift.drift.toFixed(4)), driftOf: drift.part }),
  }
  await store.audit.append([{ at: terminal.clock(), type: 'customers.imported', data }])
  return drift && { ...drift, version }
}

const run = async (terminal: Terminal, options: ImportCustomersOptions, { input, bytes }: OpenedInput) => {
  const rejects = await createRejectsFile(options.rejects)
  const progress = createProgress(terminal, { label: 'importing', total: bytes })
  const plan = planStore(terminal, options.dataDir)
  const { clock } = terminal
  try {
    return await withFeedStore(plan, clock, async ({ store, sealChange, writeSealed }) => {
      const looking = createLooking(terminal, store)
      const noteBegin = createNoteBegin(terminal, store)
      let presence = createPresence().counts()
      const threads = options.threads === undefined ? threadsFor(bytes) : Number(options.threads)
      const pool = threads === 0 ? undefined : startPreparePool(plan, threads)
      try {
        const result = await importCustomers({
          input: input.createReadStream({ highWaterMark: READ_BYTES, autoClose: false }),
          prepare: pool?.prepare ?? createPrepareLines({ ...store, form: recordFormOf(plan.form), sealChange }),
          write: async (changes, at) => {
            await noteBegin(changes.length)
            return writeSealed(changes, at)
          },
          clock,
          rejects: rejects.add,
          onProgress: at => progress.update({ done: at.bytes, items: at.lines }),
          batchSize: BATCH_LINES,
          ahead: 2 * threads,
          afterBatch: async ({ presence: more }) => {
            presence = addPresence(presence, more)
            await looking.nowAndThen()
          },
        })
        return { result, raised: await looking.atLast(), drift: await noteImport(terminal, store, result, presence) }
      } finally {
        await pool?.close()
      }
    })
  } finally {
    progress.stop()
    await rejects.close()
  }
}

/**
 * `customers import`: takes a file of customer records into the store. It is done although lines may have been rejected;
 * refused where the file cannot be read, no line was good, or an option is wrong.
 * @throws what the store throws, and file system errors of the rejects file
 */
export const importCustomersFile = async (terminal: Terminal, options: ImportCustomersOptions): Promise<Outcome> => {
  if (options.threads !== undefined && !/^[0-9]$/.test(options.threads))
    return unusable('--threads is a number from 0 to 9')
  return importLines(terminal, options, async opened => {
    const { result, raised, drift } = await run(terminal, options, opened)
    return {
      counts: result,
      value: { raised, ...(drift && { drift }) },
      text:
        drift === undefined
          ? ''
          : `drift ${drift.drift.toFixed(2)} (${drift.part}), against the records of ${drift.version}\n`,
      note: reviewsNote(raised),
    }
  })
}
