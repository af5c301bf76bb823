import { customerKeyOf } from '#src/kernel/customer.ts'
import type { CustomersPort, StoredCustomer } from '#src/store/ports/customers.ts'
import { type LineFault, type ParsedLine, parseLine } from './parse-line.ts'
import { type Line, readLines } from './read-lines.ts'
import { type RecordForm, toStoredCustomer } from './stored-customer.ts'

/** A line that was not taken, by its number in the file (from 1). */
export type RejectedLine = LineFault & { readonly line: number }

/**
 * What became of the lines, blank ones apart: `lines` is the sum of the others.
 * `superseded` counts lines that a later line of the same record overtook before they were written.
 */
export type ImportResult = {
  readonly lines: number
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly superseded: number
  readonly rejected: number
}

/** How far an import is; `bytes` are those read of the file. */
export type ImportProgress = ImportResult & { readonly bytes: number }

export type ImportJob = {
  /** The file, in pieces cut anywhere (a read stream, for instance). */
  readonly input: AsyncIterable<Uint8Array | string>
  readonly customers: CustomersPort
  readonly form: RecordForm
  /** Called once per rejected line, in their order; awaited, so that it may write. */
  readonly rejects?: (line: RejectedLine) => void | Promise<void>
  /** Called after each batch and at the end. */
  readonly onProgress?: (progress: ImportProgress) => void
  /** Lines per transaction. */
  readonly batchSize?: number
}

async function* countBytes(input: ImportJob['input'], count: (bytes: number) => void): ImportJob['input'] {
  for await (const chunk of input) {
    count(Buffer.byteLength(chunk))
    yield chunk
  }
}

const parse = (line: Line): ParsedLine =>
  line.kind === 'text' ? parseLine(line.text) : { kind: 'fault', fault: { reason: line.reason } }

/**
 * Imports customer records, one JSON object a line, in constant memory and one transaction a batch.
 *
 * Idempotent by service line and customer id: what is stored already is left alone, what differs is replaced whole,
 * and of two lines for one record the later wins. A rejected line stops nothing and leaves no trace in the store.
 * An import that is killed leaves whole batches; running it again completes them.
 * @throws what `input` throws, and `store.unavailable` from the store
 */
export const importCustomers = async (job: ImportJob): Promise<ImportResult> => {
  const { customers, form, batchSize = 1000 } = job
  const progress = { lines: 0, inserted: 0, updated: 0, unchanged: 0, superseded: 0, rejected: 0, bytes: 0 }
  const batch = new Map<string, StoredCustomer>()

  const flush = async (): Promise<void> => {
    if (batch.size > 0) {
      const written = await customers.upsertMany([...batch.values()])
      batch.clear()
      progress.inserted += written.inserted
      progress.updated += written.updated
      progress.unchanged += written.unchanged
    }
    job.onProgress?.({ ...progress })
  }

  const take = async (line: Line): Promise<void> => {
    progress.lines += 1
    const parsed = parse(line)
    if (parsed.kind === 'fault') {
      progress.rejected += 1
      await job.rejects?.({ line: line.number, ...parsed.fault })
      return
    }
    const key = customerKeyOf(parsed.record)
    if (batch.delete(key)) progress.superseded += 1
    batch.set(key, toStoredCustomer(parsed.record, form))
  }

  const input = countBytes(job.input, bytes => {
    progress.bytes += bytes
  })
  for await (const line of readLines(input)) {
    if (line.kind === 'text' && line.text.trim() === '') continue
    await take(line)
    if (progress.lines % batchSize === 0) await flush()
  }
  await flush()
  const { bytes: _, ...result } = progress
  return result
}
