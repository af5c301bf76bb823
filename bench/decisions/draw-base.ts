import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
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
 * Draws one synthetic base that grows: a file of customer records for each step from one size to the next, when it is
 * first asked for. Files that stand in the directory from a run before are used again.
 * @returns the file of the step that leads to a size, by the size's place; to be asked for in their order
 */
export const drawBase = (directory: string, seed: number, sizes: readonly number[]) => {
  const records = recordsOf(seed, sizes.at(-1) ?? 0)
  let drawn = 0
  return async (step: number): Promise<string> => {
    const [from, to] = [sizes[step - 1] ?? 0, sizes[step] ?? 0]
    const file = join(directory, `customers-${seed}-${from}-${to}.jsonl`)
    if (existsSync(file)) return file
    for (const _ of take(records, from - drawn));
    await writeLines(`${file}.part`, take(records, to - from))
    await rename(`${file}.part`, file)
    drawn = to
    return file
  }
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
