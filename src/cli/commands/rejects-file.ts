import { type FileHandle, open, rm, stat } from 'node:fs/promises'
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
 * @throws the file system's error when it cannot be written
 */
export const createRejectsFile = async (path: string): Promise<RejectsFile> => {
  const earlier = await stat(path).catch(() => undefined)
  if (earlier?.isFile()) await rm(path)
  let file: FileHandle | undefined
  let buffered = ''

  const flush = async (): Promise<void> => {
    file ??= await open(path, 'w', 0o600)
    await file.appendFile(buffered)
    buffered = ''
  }

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
