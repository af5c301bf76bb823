import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { readLines } from '#src/customers/snapshot/read-lines.ts'

/** Bad lines that are told one by one; of the others only how many. */
const MOST_TOLD = 20

/** What is wrong with a line; holds no value of it. */
export type LineRefusal = { readonly reason: string }

/** A line read: its value, or why it cannot be used. */
export type ReadLine<T> = { readonly value: T } | LineRefusal

/** Collects what is wrong with input files, worded as `file line 7: is not JSON`. */
export type Faults = {
  readonly add: (file: string, line: number, reason: string) => void
  /** The first {@link MOST_TOLD}, and how many more; empty when there was none. */
  readonly told: () => readonly string[]
}

export const createFaults = (): Faults => {
  const first: string[] = []
  let count = 0
  return {
    add: (file, line, reason) => {
      count += 1
      if (count <= MOST_TOLD) first.push(`${basename(file)} line ${line}: ${reason}`)
    },
    told: () => (count > MOST_TOLD ? [...first, `and ${count - MOST_TOLD} more bad lines`] : first),
  }
}

const parseJson = (text: string): ReadLine<unknown> => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // The engine's message quotes the text, hence personal data: it is not passed on.
    return { reason: 'is not JSON' }
  }
}

/**
 * Reads a JSON Lines file, blank lines apart, in constant memory. Lines that cannot be read go to `faults`.
 * @param read makes a value of a line's JSON
 * @throws the file system's error
 */
export async function* readInputLines<T>(
  file: string,
  read: (json: unknown) => ReadLine<T>,
  faults: Faults,
): AsyncGenerator<{ readonly line: number; readonly value: T }> {
  for await (const line of readLines(createReadStream(file, { highWaterMark: 256 * 1024 }))) {
    if (line.kind === 'text' && line.text.trim() === '') continue
    const json: ReadLine<unknown> = line.kind === 'text' ? parseJson(line.text) : line
    const result = 'value' in json ? read(json.value) : json
    if ('value' in result) yield { line: line.number, value: result.value }
    else faults.add(file, line.number, result.reason)
  }
}

/** Tells the line an id was first seen on when it comes again. */
export const createSeen = () => {
  const lines = new Map<string, number>()
  return {
    /** @returns the line of the same id before this one; undefined for a new id, which is noted */
    add: (id: string, line: number): number | undefined => {
      const before = lines.get(id)
      if (before === undefined) lines.set(id, line)
      return before
    },
  }
}
