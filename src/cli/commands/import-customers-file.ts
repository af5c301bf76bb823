import { type FileHandle, open } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileFault } from '#src/cli/failure-line.ts'
import { startPreparePool } from '#src/cli/import/prepare-pool.ts'
import { planStore, recordForm, withFeedStore } from '#src/cli/offline.ts'
import { createProgress } from '#src/cli/progress.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import { type ImportResult, importCustomers } from '#src/customers/snapshot/import-customers.ts'
import { createPrepareLines } from '#src/customers/snapshot/prepare-lines.ts'
import { createRejectsFile } from './rejects-file.ts'

export type ImportCustomersOptions = {
  readonly file: string
  readonly rejects: string
  readonly dataDir: string
  /** Threads that prepare lines, as text; by default as many as pay for a file of its size here. */
  readonly threads?: string
}

type OpenedInput = { readonly input: FileHandle; readonly bytes: number }

const READ_BYTES = 256 * 1024
/** A smaller file is read before threads have begun. */
const BYTES_FOR_THREADS = 8 * 1024 * 1024
/** One thread writes: more than this wait for it. */
const MOST_THREADS = 4
/** Lines of a transaction: a login that writes to the embedded store waits for no longer than one takes. */
const BATCH_LINES = 2000

/** At least two where threads pay: the one that writes to a server waits for most of the time. */
const threadsFor = (bytes: number): number =>
  bytes < BYTES_FOR_THREADS ? 0 : Math.max(2, Math.min(MOST_THREADS, availableParallelism() - 1))

const openInput = async (file: string): Promise<OpenedInput | { readonly unreadable: string }> => {
  try {
    const input = await open(file)
    const stats = await input.stat()
    if (!stats.isDirectory()) return { input, bytes: stats.size }
    await input.close()
    return { unreadable: 'it is a directory' }
  } catch (error) {
    const fault = fileFault(error)
    if (fault === undefined) throw error
    return { unreadable: fault }
  }
}

const summaryOf = (result: ImportResult, elapsedMs: number): string => {
  const { lines, ...outcomes } = result
  const parts = Object.entries(outcomes).map(([outcome, count]) => `${grouped(count)} ${outcome}`)
  return `${grouped(lines)} lines in ${(elapsedMs / 1000).toFixed(1)} s: ${parts.join(', ')}`
}

const run = async (terminal: Terminal, options: ImportCustomersOptions, { input, bytes }: OpenedInput) => {
  const rejects = await createRejectsFile(options.rejects)
  const progress = createProgress(terminal, { label: 'importing', total: bytes })
  const plan = planStore(terminal, options.dataDir)
  const { clock } = terminal
  try {
    return await withFeedStore(plan, clock, async ({ store, sealChange, writeSealed }) => {
      const threads = options.threads === undefined ? threadsFor(bytes) : Number(options.threads)
      const pool = threads === 0 ? undefined : startPreparePool(plan, threads)
      try {
        return await importCustomers({
          input: input.createReadStream({ highWaterMark: READ_BYTES, autoClose: false }),
          prepare: pool?.prepare ?? createPrepareLines({ ...store, form: recordForm, sealChange }),
          write: writeSealed,
          clock,
          rejects: rejects.add,
          onProgress: at => progress.update({ done: at.bytes, items: at.lines }),
          batchSize: BATCH_LINES,
          ahead: 2 * threads,
        })
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
 * `customers import`: takes a file of customer records into the store.
 * Exit code 0 when done, although lines may have been rejected; 2 when the file cannot be read, no line was good, or an
 * option is wrong.
 * @throws what the store throws, and file system errors of the rejects file
 */
export const importCustomersFile = async (terminal: Terminal, options: ImportCustomersOptions): Promise<void> => {
  const fail = (line: string): void => {
    terminal.stderr.write(`pias: ${line}\n`)
    terminal.setExitCode(2)
  }
  if (options.threads !== undefined && !/^[0-9]$/.test(options.threads))
    return fail('--threads is a number from 0 to 9')
  if (resolve(options.rejects) === resolve(options.file)) return fail('the rejects file must not be the file itself')
  const opened = await openInput(options.file)
  if ('unreadable' in opened) return fail(`cannot read ${options.file}: ${opened.unreadable}`)

  const started = terminal.clock()
  const result = await run(terminal, options, opened).finally(() => opened.input.close())
  terminal.stdout.write(`${summaryOf(result, terminal.clock() - started)}\n`)
  if (result.rejected === 0) return
  if (result.rejected === result.lines) return fail(`every line was rejected, see ${options.rejects}`)
  terminal.stderr.write(`pias: ${grouped(result.rejected)} lines were rejected, see ${options.rejects}\n`)
}
