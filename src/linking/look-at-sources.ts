import { customerKeyOf, type ServiceLine } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { ReviewsPort } from '#src/store/ports/reviews.ts'
import { createDoubtLinks, type Doubt } from './doubt-links.ts'
import { leaveOutReviewed } from './leave-out-reviewed.ts'
import type { MatchDeps } from './match-identity.ts'
import { createRaiseReviews, type RaiseReviewsDeps } from './raise-reviews.ts'
import {
  beginRound,
  clear,
  doubtfulOf,
  isBelieved,
  isEnough,
  type LineWindow,
  NEW_ROUND,
  noteAsked,
  readRound,
  type SourcesRound,
  writeRound,
} from './sources-round.ts'

export type LookAtSourcesDeps = MatchDeps &
  RaiseReviewsDeps & {
    readonly accounts: Pick<AccountsPort, 'survey' | 'find' | 'customersOf' | 'ownersOf'>
    readonly reviews: Pick<ReviewsPort, 'raise' | 'list'>
    readonly keys: Pick<KeysPort, 'putIfAbsent' | 'replace'>
    /** Service lines whose own systems are asked: nobody says when a record changes there. */
    readonly serviceLines: ReadonlySet<ServiceLine>
    /** Questions to sources in one run, but for the last account's; by default 100: with a run a minute, a million take a week. */
    readonly mostAsked?: number
  }

/**
 * How many records were asked for, how many linked ones are gone or somebody else's as nobody has seen yet, and how many
 * reviews were opened. `held`: the service lines of which these were too many to be believed, so that none was opened.
 */
export type LookedAtSources = {
  readonly asked: number
  readonly doubtful: number
  readonly raised: number
  readonly held: readonly { readonly serviceLine: ServiceLine; readonly asked: number; readonly doubtful: number }[]
}

/** Where the next run goes on, and what this one could not judge yet. */
const ROUND = 'customer-sources-round'
const PAGE = 100
/** Of accounts without links nothing is read, so that many of them may be passed in one run. */
const MOST_PAGES = 20
const MOST_ASKED = 100

/**
 * Goes through the links of records that a service line's own system holds, some of them each time, and asks for each by
 * its customer number, as a proof does; the person is not sent. A review is opened where the record is gone, or is somebody
 * else's: one that the engine would not even open to a proof for the account's person. A doubt waits until enough of its
 * service line was asked, and is looked at once more then. Where the system does not answer, or in part, nothing is concluded
 * of the account and the run ends; so it does after an account when the node stops. No link is moved or ended.
 * @see docs/decisions/0098-sources-looked-at.md
 * @throws PiasError `store.unavailable` from the store itself
 */
export const createLookAtSources = (
  deps: LookAtSourcesDeps,
): ((stopping?: AbortSignal) => Promise<LookedAtSources>) => {
  const { accounts, keys, reviews, serviceLines, mostAsked = MOST_ASKED } = deps
  const doubtLinks = createDoubtLinks(deps)
  const { raise } = createRaiseReviews(deps)

  /** Accounts after one, with all their links; at the end of all one that is none. */
  async function* accountsAfter(
    start: string,
  ): AsyncGenerator<{ id: string; links: readonly StoredCustomerLink[] }, void> {
    let after = start
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await accounts.survey({ after, limit: PAGE })
      for (const { id, links } of page) yield { id, links: links === 0 ? [] : await accounts.customersOf(id) }
      after = page.at(-1)?.id ?? ''
      if (page.length < PAGE) {
        yield { id: '', links: [] }
        return
      }
    }
  }

  /** Those of an account's doubts that are news. */
  const freshOf = async (
    id: AccountId,
    looked: readonly StoredCustomerLink[],
    links: readonly StoredCustomerLink[],
  ) => {
    const { asked, doubts } = await doubtLinks(id, looked, links)
    return { asked, doubts: doubts && (await leaveOutReviewed(reviews, id, doubts)) }
  }

  /** Looks at an account and notes what it found. */
  const lookAt = async (round: SourcesRound, id: AccountId, links: readonly StoredCustomerLink[]) => {
    const looked = links.filter(({ serviceLine }) => serviceLines.has(serviceLine))
    if (looked.length === 0) return { asked: 0, doubtful: 0, isAway: false }
    const { asked, doubts } = await freshOf(id, looked, links)
    const doubted = doubts?.map(({ link }) => link)
    noteAsked(round, id, looked, doubted)
    return { asked, doubtful: doubted?.length ?? 0, isAway: doubted === undefined }
  }

  /** Looks at the accounts from where the round is, until enough was asked. */
  const lookOn = async (round: SourcesRound, stopping?: AbortSignal) => {
    let asked = 0
    let doubtful = 0
    for await (const { id, links } of accountsAfter(round.after)) {
      if (asked >= mostAsked || stopping?.aborted) break
      round.after = id
      if (id === '') return { asked, doubtful, isEnd: true }
      const found = await lookAt(round, id as AccountId, links)
      asked += found.asked
      doubtful += found.doubtful
      // The system is away, or will not say: this account has its turn again when all others had theirs.
      if (found.isAway) break
    }
    return { asked, doubtful, isEnd: false }
  }

  const raiseOne = async ({ kind, accountId, link, data }: Doubt): Promise<boolean> => {
    const { serviceLine, customerId } = link
    const owners = await accounts.ownersOf([link])
    if (owners.get(customerKeyOf(link)) !== accountId) return false
    return raise({ kind, accountId, customer: { serviceLine, customerId } }, data)
  }

  /** Looks once more at what is doubted, and opens reviews of what still is. @returns undefined where the node stops first */
  const raiseDoubted = async (serviceLine: ServiceLine, ids: Iterable<AccountId>, stopping?: AbortSignal) => {
    let raised = 0
    for (const id of ids) {
      if (stopping?.aborted) return undefined
      const links = await accounts.customersOf(id)
      const looked = links.filter(link => link.serviceLine === serviceLine)
      const { doubts = [] } = await freshOf(id, looked, links)
      for (const doubt of doubts) raised += Number(await raiseOne(doubt))
    }
    return raised
  }

  /** Judges a line of which enough was asked. @returns how many reviews that opened, and the line where it is not believed */
  const judge = async (serviceLine: ServiceLine, line: LineWindow, stopping?: AbortSignal) => {
    const held = isBelieved(line) ? undefined : { serviceLine, asked: line.asked, doubtful: doubtfulOf(line) }
    const raised = held ? 0 : await raiseDoubted(serviceLine, line.doubted.keys(), stopping)
    if (raised !== undefined) clear(line)
    return { raised: raised ?? 0, held: held ? [held] : [] }
  }

  return async stopping => {
    const stored = await keys.putIfAbsent(ROUND, NEW_ROUND)
    const round = readRound(stored, serviceLines)
    const { asked, doubtful, isEnd } = await lookOn(round, stopping)
    const ripe = [...round.lines].filter(([, line]) => isEnough(line, isEnd))
    const judged: Awaited<ReturnType<typeof judge>>[] = []
    for (const [serviceLine, line] of ripe) judged.push(await judge(serviceLine, line, stopping))
    if (isEnd) beginRound(round)
    const now = writeRound(round)
    if (now !== stored) await keys.replace(ROUND, stored, now)
    const raised = judged.reduce((sum, one) => sum + one.raised, 0)
    return { asked, doubtful, raised, held: judged.flatMap(({ held }) => held) }
  }
}
