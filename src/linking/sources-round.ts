import type { CustomerKey, ServiceLine } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'

/** Of fewer links nothing is believed, unless the service line has no more. */
const ENOUGH = 50
/** That so many change between two looks happens when a system was set up wrong, not when people move. */
const BELIEVED = { always: 5, share: 0.1 }

/** What was learnt of the links of a service line since its doubts were judged last. */
export type LineWindow = {
  /** Links whose records were asked for and answered. */
  asked: number
  /** How many of them are doubtful, by account: what outlives an account names no record. */
  readonly doubted: Map<AccountId, number>
  /** Whether all links of the line that the round has passed so far are in it. */
  whole: boolean
}

/** The way through all accounts, as it goes on from run to run: which account was last, and what is not judged yet. */
export type SourcesRound = { after: string; readonly lines: ReadonlyMap<ServiceLine, LineWindow> }

type Written = {
  readonly after: string
  readonly lines: Partial<Record<ServiceLine, { asked: number; doubted: [AccountId, number][]; whole: boolean }>>
}

/** A round that nobody has begun. */
export const NEW_ROUND = JSON.stringify({ after: '', lines: {} } satisfies Written)

/** A round as `writeRound` wrote it, for the service lines that there are now; one that was not there is not whole. */
export const readRound = (text: string, serviceLines: ReadonlySet<ServiceLine>): SourcesRound => {
  const { after, lines } = JSON.parse(text) as Written
  const fresh = { asked: 0, doubted: [], whole: after === '' }
  const windows = [...serviceLines].map(serviceLine => {
    const window = lines[serviceLine] ?? fresh
    return [serviceLine, { ...window, doubted: new Map(window.doubted) }] as const
  })
  return { after, lines: new Map(windows) }
}

/** A round as text. */
export const writeRound = ({ after, lines }: SourcesRound): string => {
  const written = [...lines].map(([serviceLine, line]) => [serviceLine, { ...line, doubted: [...line.doubted] }])
  return JSON.stringify({ after, lines: Object.fromEntries(written) } satisfies Written)
}

/** Notes that an account's links were asked for: which of them are doubtful, undefined where nothing could be told. */
export const noteAsked = (
  { lines }: SourcesRound,
  accountId: AccountId,
  links: readonly CustomerKey[],
  doubted: readonly CustomerKey[] | undefined,
): void => {
  for (const [serviceLine, line] of lines) {
    const countIn = (some: readonly CustomerKey[]): number => some.filter(one => one.serviceLine === serviceLine).length
    const asked = countIn(links)
    if (asked === 0) continue
    if (doubted === undefined) {
      line.whole = false
      continue
    }
    line.asked += asked
    // Where a small line is gone through again before it is judged, an account counts as it is now.
    line.doubted.delete(accountId)
    const count = countIn(doubted)
    if (count > 0) line.doubted.set(accountId, count)
  }
}

/** Whether enough of a service line was asked to judge its doubts: so many links, or all that it has. */
export const isEnough = ({ asked, whole }: LineWindow, isEnd: boolean): boolean => asked >= ENOUGH || (isEnd && whole)

/** How many links of a service line are doubtful. */
export const doubtfulOf = ({ doubted }: LineWindow): number => [...doubted.values()].reduce((sum, one) => sum + one, 0)

/** Whether that so many are doubtful may be true. */
export const isBelieved = (line: LineWindow): boolean =>
  doubtfulOf(line) <= Math.max(BELIEVED.always, BELIEVED.share * line.asked)

/** Begins a line's window anew, after it was judged. */
export const clear = (line: LineWindow): void => {
  line.asked = 0
  line.doubted.clear()
  line.whole = false
}

/** Begins a round anew, at the end of one. */
export const beginRound = ({ lines }: SourcesRound): void => {
  for (const line of lines.values()) line.whole = true
}
