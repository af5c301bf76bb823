import type { KeysPort } from '#src/store/ports/keys.ts'
import { createHashCosts } from './hash-costs.ts'
import { type LineFault, type ReadLine, readAccountLine } from './read-account-line.ts'
import { createTakeInLines, type LineOutcome, type TakeInDeps } from './take-in-lines.ts'

/** A line that was not taken, by its number in the file (from 1). */
export type RejectedLine = LineFault & { readonly line: number }

/** What became of the lines, blank ones apart: `lines` is the sum of the others. */
export type ImportCounts = {
  readonly lines: number
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
}

/** A line of a file, counted from 1, or why it cannot be read. */
export type FileLine =
  | { readonly kind: 'text'; readonly number: number; readonly text: string }
  | { readonly kind: 'unreadable'; readonly number: number; readonly reason: string }

export type ImportJob = TakeInDeps & {
  readonly lines: AsyncIterable<FileLine>
  readonly keys: KeysPort
  /** Called once per rejected line, in their order; awaited, so that it may write. */
  readonly rejects?: (line: RejectedLine) => void | Promise<void>
  /** Called after each batch and at the end. */
  readonly onProgress?: (counts: ImportCounts) => void
  /** Lines per transaction. */
  readonly batchSize?: number
}

type Pending = ReadLine & { readonly number: number }

const read = (line: FileLine): Pending => ({
  number: line.number,
  ...(line.kind === 'text' ? readAccountLine(line.text) : { fault: { reason: line.reason } }),
})

/**
 * Brings accounts in from a file, one JSON object a line, in constant memory and one transaction a batch.
 *
 * Idempotent by `legacyId`: a line that says the same again changes nothing, one with another username or hash is taken
 * over while the old login counts, and one that says something else of records, subjects or identity is rejected, for
 * apps and people rely on those. So is one that names what another account has: nothing ever moves. A rejected line stops
 * nothing and leaves no trace. An import that is killed leaves whole batches; running it again completes them.
 * @throws what `lines` throws, and `store.unavailable` from the store
 */
export const importAccounts = async (job: ImportJob): Promise<ImportCounts> => {
  const { batchSize = 200 } = job
  const takeIn = createTakeInLines(job)
  const costs = createHashCosts(job.keys)
  const counts = { lines: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0 }
  let batch: Pending[] = []

  const settle = async (line: number, outcome: LineOutcome): Promise<void> => {
    if (typeof outcome === 'string') {
      counts[outcome] += 1
      return
    }
    counts.rejected += 1
    await job.rejects?.({ line, ...outcome })
  }

  const flush = async (): Promise<void> => {
    const accounts = batch.flatMap(line => ('account' in line ? [line.account] : []))
    const outcomes = (await takeIn(accounts)).values()
    for (const line of batch) {
      const outcome = 'fault' in line ? line.fault : (outcomes.next().value ?? 'unchanged')
      await settle(line.number, outcome)
      if ('account' in line && line.account.username !== undefined && typeof outcome === 'string')
        costs.note(line.account.passwordHash)
    }
    batch = []
    job.onProgress?.({ ...counts })
  }

  /** The second line of an account is compared with what the first has written. */
  const isInBatch = (line: Pending): boolean =>
    'account' in line && batch.some(other => 'account' in other && other.account.legacyId === line.account.legacyId)

  for await (const one of job.lines) {
    if (one.kind === 'text' && one.text.trim() === '') continue
    counts.lines += 1
    const line = read(one)
    if (isInBatch(line)) await flush()
    batch.push(line)
    if (batch.length >= batchSize) await flush()
  }
  await flush()
  await costs.keep()
  return { ...counts }
}
