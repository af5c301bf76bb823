import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { type DrawnLine, type DrawOptions, drawLines } from './draw-lines.ts'

const BYTES_AT_ONCE = 256 * 1024

/** A file that is written in large pieces. */
const createLineFile = (path: string) => {
  const stream = createWriteStream(path)
  let text = ''
  const flush = async (): Promise<void> => {
    const full = !stream.write(text)
    text = ''
    if (full) await once(stream, 'drain')
  }
  return {
    add: (line: object): void => {
      text += `${JSON.stringify(line)}\n`
    },
    isFull: (): boolean => text.length > BYTES_AT_ONCE,
    flush,
    end: async (): Promise<void> => {
      stream.end(text)
      await finished(stream)
    },
  }
}

/**
 * Writes `customers.jsonl`, `identities.jsonl` and `truth.jsonl` into a directory, which is made where it is missing.
 * The same options give the same bytes, on every machine.
 * @throws file system errors
 */
export const generateFiles = async (options: DrawOptions & { readonly out: string }): Promise<void> => {
  mkdirSync(options.out, { recursive: true })
  const open = (name: DrawnLine['file']) => createLineFile(join(options.out, `${name}.jsonl`))
  const files = { customers: open('customers'), identities: open('identities'), truth: open('truth') }
  for (const { file, line } of drawLines(options)) {
    files[file].add(line)
    if (files[file].isFull()) await files[file].flush()
  }
  await Promise.all(Object.values(files).map(file => file.end()))
}
