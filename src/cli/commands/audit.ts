import type { ChainMark } from '#src/audit/chain.ts'
import { openChain } from '#src/audit/create-audit-jobs.ts'
import { type AuditFilter, CSV_HEADER, searchAll, toCsvLine, toJsonLine } from '#src/audit/export.ts'
import { maskEvent } from '#src/audit/mask.ts'
import { noteChanged } from '#src/audit/own-notes.ts'
import { createTrailState } from '#src/audit/trail-state.ts'
import { verifyTrail } from '#src/audit/watch.ts'
import { streamFromStore, withStore } from '#src/cli/offline.ts'
import type { Outcome, Shown } from '#src/cli/outcome.ts'
import { readLimit } from '#src/cli/read-limit.ts'
import { grouped, type Terminal, timeOf } from '#src/cli/terminal.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { Store } from '#src/store/ports/store.ts'

/** How events are asked for; each condition that is given holds. */
export type AuditOptions = {
  readonly dataDir: string
  readonly account?: string
  readonly client?: string
  readonly type?: string
  readonly from?: string
  readonly to?: string
  readonly limit?: string
  readonly format?: string
  readonly reveal?: true
  readonly reason?: string
}

/** Events of which nobody has been told for this long have been left out by the sealer. */
const UNSEALED_MS = 60_000

const momentOf = (text: string): number => {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new PiasError('request.invalid', `${text} is no time: try 2026-11-28T10:00:00Z`)
  return time
}

const filterOf = ({ account, client, type, from, to }: AuditOptions): AuditFilter => ({
  ...(account !== undefined && { accountId: account }),
  ...(client !== undefined && { clientId: client }),
  ...(type !== undefined && { type }),
  ...(from !== undefined && { from: momentOf(from) }),
  ...(to !== undefined && { to: momentOf(to) }),
})

/** How an event is shown: masked, unless a reason was given, which is written down first. */
const viewOf = async (terminal: Terminal, { audit }: Store, options: AuditOptions) => {
  const { reveal, reason } = options
  if (reveal !== true) return maskEvent<FoundAuditEvent>
  if (reason === undefined) throw new PiasError('request.invalid', '--reveal needs --reason')
  await audit.append([{ at: terminal.clock(), type: 'audit.revealed', data: { by: terminal.operator, reason } }])
  return (event: FoundAuditEvent) => event
}

const told = ({ sequence, at, type, accountId = '-', clientId = '-', data }: FoundAuditEvent): string =>
  `${[sequence, timeOf(at), type, accountId, clientId, JSON.stringify(data)].join(' ')}\n`

/** The events that were asked for, as they are read, each with a line for people. */
const search = (
  terminal: Terminal,
  options: AuditOptions,
  limit: number,
  toText: (event: FoundAuditEvent) => string,
): AsyncGenerator<Shown> =>
  streamFromStore({ terminal, dataDir: options.dataDir }, async function* (store) {
    const view = await viewOf(terminal, store, options)
    for await (const event of searchAll(store.audit, filterOf(options), limit)) {
      const value = view(event)
      yield { value, text: toText(value) }
    }
  })

/**
 * `audit list`: the newest events, one a line: number, time, type, account, client, data.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const listAudit = (terminal: Terminal, options: AuditOptions): Outcome => ({
  lines: search(terminal, options, readLimit(options.limit), told),
})

async function* withHeader(events: AsyncIterable<Shown>): AsyncGenerator<Shown> {
  yield { value: CSV_HEADER, text: CSV_HEADER }
  yield* events
}

/**
 * `audit export`: all events as JSON lines or CSV.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const exportAudit = (terminal: Terminal, options: AuditOptions): Outcome => {
  const toLine = { jsonl: toJsonLine, csv: toCsvLine }[options.format ?? '']
  if (toLine === undefined) throw new PiasError('request.invalid', '--format must be jsonl or csv')
  const events = search(terminal, options, Number.POSITIVE_INFINITY, toLine)
  return { lines: options.format === 'csv' ? withHeader(events) : events }
}

const parseMark = (text: string): ChainMark => {
  const [, number, mac] = /^(\d+):([\w-]+)$/.exec(text) ?? []
  if (number === undefined || mac === undefined) throw new PiasError('request.invalid', '--known must be block:mac')
  return { number: Number(number), mac }
}

/**
 * `audit verify`: looks at the whole trail. It is `wrong` when it is not as it was written, nor what PIAS noted of it, or
 * was not sealed.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const verifyAudit = async (
  terminal: Terminal,
  { dataDir, known }: { dataDir: string; known?: string },
): Promise<Outcome> => {
  const marks = known === undefined ? [] : [parseMark(known)]
  return withStore({ terminal, dataDir }, async store => {
    const { blocks, events, end, problems } = await verifyTrail(await openChain(store), { known: marks })
    const [oldest] = await store.auditChain.unsealed(1)
    const isLeft = oldest !== undefined && terminal.clock() - oldest.at > UNSEALED_MS
    const left = isLeft ? [`events since ${timeOf(oldest.at)} are not sealed: no node is running`] : []
    const isStateChanged = (await createTrailState(store.keys).known()) === undefined
    const found = [...problems, ...(isStateChanged ? [noteChanged('audit-state')] : []), ...left]
    const counted = `${grouped(events)} events in ${grouped(blocks)} blocks\n`
    if (found.length > 0) {
      const text = `${counted}${found.map(problem => `not whole: ${problem}\n`).join('')}`
      return { value: { events, blocks, problems: found }, text, end: 'wrong' }
    }
    const mark = `${end.number}:${end.mac}`
    const text = `${counted}whole\nto be kept elsewhere, for --known: ${mark}\n`
    return { value: { events, blocks, problems: found, known: mark }, text }
  })
}
