import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { drawLines } from '#examples/customer-data/draw-lines.ts'
import { readIdentity } from '#src/evaluation/identity-line.ts'
import type { Claimed } from '#src/linking/match-identity.ts'

const LINES_AT_ONCE = 500

/** Writes lines into a file. @throws file system errors */
const writeLines = async (file: string, lines: Iterable<object>): Promise<void> => {
  const stream = createWriteStream(file)
  let text = ''
  let waiting = 0
  for (const line of lines) {
    text += `${JSON.stringify(line)}\n`
    waiting += 1
    if (waiting < LINES_AT_ONCE) continue
    if (!stream.write(text)) await once(stream, 'drain')
    text = ''
    waiting = 0
  }
  stream.end(text)
  await finished(stream)
}

function* recordsOf(seed: number, records: number): Generator<object> {
  for (const { file, line } of drawLines({ seed, level: 'medium', ground: 'country', records, identities: 0 })) {
    if (file === 'customers') yield line
  }
}

function* take<T>(from: Iterator<T>, count: number): Generator<T> {
  for (let taken = 0; taken < count; taken += 1) {
    const { done, value } = from.next()
    if (done) return
    yield value
  }
}

/**
 * Draws one synthetic base that grows: a file of customer records for each step from one size to the next.
 * @returns the files, in the order of the sizes
 */
export const drawBase = async (
  directory: string,
  seed: number,
  sizes: readonly number[],
): Promise<readonly string[]> => {
  const records = recordsOf(seed, sizes.at(-1) ?? 0)
  const files: string[] = []
  for (const [at, size] of sizes.entries()) {
    const file = join(directory, `customers-${size}.jsonl`)
    await writeLines(file, take(records, size - (sizes[at - 1] ?? 0)))
    files.push(file)
  }
  return files
}

/** What itsme would say of people whose records are among the first `records`: the same people at every size. */
export const drawIdentities = (seed: number, records: number, identities: number): readonly Claimed[] => {
  const drawn: Claimed[] = []
  for (const { file, line } of drawLines({
    seed,
    level: 'medium',
    ground: 'country',
    records,
    identities: Math.ceil(identities * 1.2),
  })) {
    if (file !== 'identities') continue
    const read = readIdentity(line)
    if ('value' in read) drawn.push(read.value)
  }
  if (drawn.length < identities) throw new Error(`${records} records are too few for ${identities} people`)
  return drawn.slice(0, identities)
}
