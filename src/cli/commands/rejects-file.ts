import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { failureLine, fileFault } from '#src/cli/failure-line.ts'
import type { RejectedLine } from '#src/customers/snapshot/prepare-lines.ts'

const BUFFERED_CHARACTERS = 64 * 1024

/** Where rejected lines are told, one JSON object each: `{line, reason, field?}`, and never what stood on the line. */
export type RejectsFile = {
  readonly add: (line: RejectedLine) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * A rejects file that comes to be with the first rejected line; that of an earlier run is removed at once, so what is
 * there afterwards is about this run.
 * @throws an error that names the file when it cannot be written
 */
export const createRejectsFile = async (path: string): Promise<RejectsFile> => {
  // The system's own words do not name a file that was opened before its disk was full.
  const writing = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      throw new Error(`cannot write ${path}: ${fileFault(error) ?? failureLine(error)}`, { cause: error })
    }
  }

  const earlier = await stat(path).catch(() => undefined)
  if (earlier?.isFile()) await writing(() => rm(path))
  let file: FileHandle | undefined
  let buffered = ''

  const flush = (): Promise<void> =>
    writing(async () => {
      file ??= await open(path, 'w', 0o600)
      await file.appendFile(buffered)
      buffered = ''
    })

  return {
    add: async line => {
      buffered += `${JSON.stringify(line)}\n`
      if (!file || buffered.length >= BUFFERED_CHARACTERS) await flush()
    },
    close: async () => {
      if (buffered !== '') await flush()
      await file?.close()
    },
  }
}
