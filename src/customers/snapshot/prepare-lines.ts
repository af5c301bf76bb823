import { type GoodLine, type LineFault, type ParsedLine, parseLine } from '#src/customers/lines/parse-line.ts'
import { createPrepareChanges, lastOfEach, type PrepareDeps, type PreparedChanges } from './prepare-changes.ts'
import type { Line } from './read-lines.ts'

/** A line that was not taken, by its number in the file (from 1). */
export type RejectedLine = LineFault & { readonly line: number }

/** What lines come to. `superseded` counts those that a later line of the same record overtook. */
export type PreparedLines = PreparedChanges & {
  readonly superseded: number
  readonly rejected: readonly RejectedLine[]
}

/** Makes lines ready to be written. */
export type PrepareLines = (lines: readonly Line[]) => Promise<PreparedLines>

const parse = (line: Line): ParsedLine =>
  line.kind === 'text' ? parseLine(line.text) : { kind: 'fault', fault: { reason: line.reason } }

/** Makes the step from lines of a file to changes: read, the last of each record, prepared. */
export const createPrepareLines = (deps: PrepareDeps): PrepareLines => {
  const prepare = createPrepareChanges(deps)
  return async lines => {
    const good: GoodLine[] = []
    const rejected: RejectedLine[] = []
    for (const line of lines) {
      const parsed = parse(line)
      if (parsed.kind === 'fault') rejected.push({ line: line.number, ...parsed.fault })
      else good.push(parsed)
    }
    const { last, superseded } = lastOfEach(good)
    return { ...(await prepare(last)), superseded, rejected }
  }
}
