import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileFault } from '#src/cli/failure-line.ts'
import { type Outcome, unusable } from '#src/cli/outcome.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'

/** A file that is read from its beginning, and how long it is. */
export type OpenedInput = { readonly input: FileHandle; readonly bytes: number }

/** How much is read at once. */
export const READ_BYTES = 256 * 1024

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

/** What became of the lines of a file: their number, and how many of them ended how. */
export type LineCounts = { readonly lines: number; readonly rejected: number; readonly [outcome: string]: number }

/** What an import came to: its counts, and what there is to tell beside them. */
export type ImportedLines = {
  readonly counts: LineCounts
  readonly value?: object
  readonly text?: string
  readonly note?: string
}

const summaryOf = ({ lines, ...outcomes }: LineCounts, elapsedMs: number): string => {
  const parts = Object.entries(outcomes).map(([outcome, count]) => `${grouped(count)} ${outcome}`)
  return `${grouped(lines)} lines in ${(elapsedMs / 1000).toFixed(1)} s: ${parts.join(', ')}`
}

/**
 * What every import of a file of lines has in common: it opens the file, and tells what became of the lines. It is
 * done although lines may have been rejected; refused where the file cannot be read or no line was good.
 */
export const importLines = async (
  terminal: Terminal,
  options: { readonly file: string; readonly rejects: string },
  run: (input: OpenedInput) => Promise<ImportedLines>,
): Promise<Outcome> => {
  if (resolve(options.rejects) === resolve(options.file))
    return unusable('the rejects file must not be the file itself')
  const opened = await openInput(options.file)
  if ('unreadable' in opened) return unusable(`cannot read ${options.file}: ${opened.unreadable}`)

  const started = terminal.clock()
  const { counts, value = {}, text = '', note = '' } = await run(opened).finally(() => opened.input.close())
  const elapsedMs = terminal.clock() - started
  const { lines, rejected } = counts
  const where = rejected === 0 ? {} : { rejects: options.rejects }
  const some = rejected > 0 && rejected < lines
  const told = some ? `pias: ${grouped(rejected)} lines were rejected, see ${options.rejects}\n` : ''
  return {
    value: { ...counts, elapsedMs, ...value, ...where },
    text: `${summaryOf(counts, elapsedMs)}\n${text}`,
    note: `${note}${told}`,
    ...(rejected > 0 && rejected === lines && { but: unusable(`every line was rejected, see ${options.rejects}`) }),
  }
}
