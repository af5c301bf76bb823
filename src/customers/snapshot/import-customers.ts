import { setTimeout as sleep } from 'node:timers/promises'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { ChangeOutcomes, CustomersPort } from '#src/store/ports/customers.ts'
import type { PreparedLines, PrepareLines, RejectedLine } from './prepare-lines.ts'
import { type Line, readLines } from './read-lines.ts'

/**
 * What became of the lines, blank ones apart: `lines` is the sum of the others.
 * `superseded` counts lines that a later line of the same record overtook before they were written; `absent` are records
 * that were to be removed and were not there.
 */
export type ImportResult = ChangeOutcomes & {
  readonly lines: number
  readonly superseded: number
  readonly rejected: number
}

/** How far an import is; `bytes` are those of the file up to the last line that was dealt with. */
export type ImportProgress = ImportResult & { readonly bytes: number }

export type ImportJob = {
  /** The file, in pieces cut anywhere (a read stream, for instance). */
  readonly input: AsyncIterable<Uint8Array | string>
  readonly prepare: PrepareLines
  readonly write: CustomersPort['write']
  readonly clock: Clock
  /** Called once per rejected line, in their order; awaited, so that it may write. */
  readonly rejects?: (line: RejectedLine) => void | Promise<void>
  /** Called after each batch is written; awaited, so that it may look at what changed. */
  readonly afterBatch?: (batch: PreparedLines) => Promise<void>
  /** Called after each batch and at the end. */
  readonly onProgress?: (progress: ImportProgress) => void
  /** Lines per transaction. */
  readonly batchSize?: number
  /** Batches that are prepared while one is written. */
  readonly ahead?: number
}

/** As long as a store may take to find another primary. */
const PATIENCE_MS = 60_000
const TRY_AGAIN_MS = 500

/** Tries again while the store does not answer: preparing is reading, and what was written is found unchanged. */
const patiently = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const isAway = error instanceof PiasError && error.code === 'store.unavailable'
      if (!isAway || performance.now() > end) throw error
      await sleep(TRY_AGAIN_MS)
    }
  }
}

type Batch = { readonly lines: readonly Line[]; readonly bytes: number }

async function* batchesOf({ input, batchSize = 1000 }: ImportJob): AsyncGenerator<Batch> {
  let bytes = 0
  const counted = async function* (): ImportJob['input'] {
    for await (const chunk of input) {
      bytes += Buffer.byteLength(chunk)
      yield chunk
    }
  }
  let lines: Line[] = []
  for await (const line of readLines(counted())) {
    if (line.kind === 'text' && line.text.trim() === '') continue
    lines.push(line)
    if (lines.length < batchSize) continue
    yield { lines, bytes }
    lines = []
  }
  yield { lines, bytes }
}

/**
 * Remembers which records the last batches wrote: what a batch found unchanged while it was prepared may have been
 * changed by a batch before it since.
 */
const createRecent = (most: number) => {
  const writes: (readonly string[])[] = []
  let done = 0
  return {
    /** How many batches were written. */
    done: (): number => done,
    add: (changed: readonly string[]): void => {
      writes.push(changed)
      if (writes.length > most) writes.shift()
      done += 1
    },
    /** Whether a batch after the first `since` wrote one of the records. */
    touched: (keys: readonly string[], since: number): boolean => {
      const later = new Set(writes.slice(writes.length - (done - since)).flat())
      return later.size > 0 && keys.some(key => later.has(key))
    },
  }
}

/**
 * Imports customer records, one JSON object a line, in constant memory and one transaction a batch: batches are prepared
 * beside each other and written one after the other, in the order of the file.
 *
 * Idempotent by service line and customer id: what is stored already is left alone, what differs is replaced whole, a
 * withdrawn one removed, and of two lines for one record the later wins. A rejected line stops nothing and leaves no
 * trace in the store. An import that is killed leaves whole batches; running it again passes over them quickly and
 * completes them.
 * @throws what `input` throws, and `store.unavailable` from a store that stays away for a minute
 */
export const importCustomers = async (job: ImportJob): Promise<ImportResult> => {
  const { prepare, write, clock, ahead = 1 } = job
  const progress = {
    lines: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    removed: 0,
    absent: 0,
    superseded: 0,
    rejected: 0,
    bytes: 0,
  }
  const recent = createRecent(ahead + 1)
  const queue: (Batch & { readonly since: number; readonly prepared: Promise<PreparedLines> })[] = []

  const start = (batch: Batch): void => {
    const prepared = patiently(() => prepare(batch.lines))
    // Waited for when its turn comes; should an earlier batch fail, nobody waits for it.
    prepared.catch(() => undefined)
    queue.push({ ...batch, since: recent.done(), prepared })
  }

  const count = (batch: Batch, { rejected, superseded, unchanged }: PreparedLines, written: ChangeOutcomes): void => {
    progress.lines += batch.lines.length
    progress.rejected += rejected.length
    progress.superseded += superseded
    progress.unchanged += unchanged.length
    for (const [outcome, records] of Object.entries(written)) progress[outcome as keyof ChangeOutcomes] += records
    progress.bytes = batch.bytes
    job.onProgress?.({ ...progress })
  }

  const finishNext = async (): Promise<void> => {
    const batch = queue.shift()
    if (batch === undefined) return
    const early = await batch.prepared
    const prepared = recent.touched(early.unchanged, batch.since) ? await patiently(() => prepare(batch.lines)) : early
    const written = await patiently(() => write(prepared.changes, clock()))
    recent.add(prepared.changed)
    for (const line of prepared.rejected) await job.rejects?.(line)
    await job.afterBatch?.(prepared)
    count(batch, prepared, written)
  }

  for await (const batch of batchesOf(job)) {
    start(batch)
    if (queue.length > ahead) await finishNext()
  }
  while (queue.length > 0) await finishNext()
  const { bytes: _, ...result } = progress
  return result
}
