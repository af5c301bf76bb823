import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileFault } from '#src/cli/failure-line.ts'
import { recordForm, withStore } from '#src/cli/offline.ts'
import { createProgress } from '#src/cli/progress.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import { type ImportResult, importCustomers } from '#src/customers/snapshot/import-customers.ts'
import { createRejectsFile } from './rejects-file.ts'

export type ImportCustomersOptions = { readonly file: string; readonly rejects: string; readonly dataDir: string }

type OpenedInput = { readonly input: FileHandle; readonly bytes: number }

const READ_BYTES = 256 * 1024

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
  try {
    return await withStore({ terminal, dataDir: options.dataDir }, store =>
      importCustomers({
        input: input.createReadStream({ highWaterMark: READ_BYTES, autoClose: false }),
        customers: store.customers,
        form: recordForm,
        rejects: rejects.add,
        onProgress: at => progress.update({ done: at.bytes, items: at.lines }),
      }),
    )
  } finally {
    progress.stop()
    await rejects.close()
  }
}

/**
 * `customers import`: takes a file of customer records into the store.
 * Exit code 0 when done, although lines may have been rejected; 2 when the file cannot be read or no line was good.
 * @throws what the store throws, and file system errors of the rejects file
 */
export const importCustomersFile = async (terminal: Terminal, options: ImportCustomersOptions): Promise<void> => {
  const fail = (line: string): void => {
    terminal.stderr.write(`pias: ${line}\n`)
    terminal.setExitCode(2)
  }
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
