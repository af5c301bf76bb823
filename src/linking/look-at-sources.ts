import { customerKeyOf, type ServiceLine } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { ReviewsPort } from '#src/store/ports/reviews.ts'
import { createDoubtLink, type Doubt } from './doubt-link.ts'
import type { MatchDeps } from './match-identity.ts'
import { createRaiseReviews, type RaiseReviewsDeps } from './raise-reviews.ts'
import { createReviewedBefore } from './reviewed-before.ts'

export type LookAtSourcesDeps = MatchDeps &
  RaiseReviewsDeps & {
    readonly accounts: Pick<AccountsPort, 'survey' | 'find' | 'customersOf' | 'ownersOf'>
    readonly reviews: Pick<ReviewsPort, 'raise' | 'list'>
    readonly keys: Pick<KeysPort, 'putIfAbsent' | 'replace'>
    /** Service lines whose own systems are asked: nobody says when a record changes there. */
    readonly serviceLines: ReadonlySet<ServiceLine>
    /** Records asked for in one run; by default 100: with a run a minute, a million linked records take a week. */
    readonly mostAsked?: number
  }

/**
 * How many linked records were asked for, how many of them are gone or somebody else's as nobody has seen yet, and how many
 * reviews that opened. `held`: these were too many to be believed, so none was opened.
 */
export type LookedAtSources = {
  readonly asked: number
  readonly doubtful: number
  readonly raised: number
  readonly held: boolean
}

/** Where the next run goes on: the account that was looked at last. */
const CURSOR = 'customer-sources-sweep'
const PAGE = 100
/** Of accounts without links nothing is read, so that many of them may be passed in one run. */
const MOST_PAGES = 20
const MOST_ASKED = 100
/** That so many change between two looks happens when a system was set up wrong, not when people move. */
const BELIEVED = { always: 5, share: 0.1 }

/**
 * Goes through the links of records that a service line's own system holds, some of them each time, and asks for each by
 * its customer number, as a proof does; the person is not sent. A review is opened where the record is gone, or is somebody
 * else's: one that the engine would not even open to a proof for the account's person. Where the system does not answer, or
 * in part, nothing is concluded and the run ends. No link is moved or ended.
 * @see docs/decisions/0098-sources-looked-at.md
 * @throws PiasError `store.unavailable` from the store itself
 */
export const createLookAtSources = (deps: LookAtSourcesDeps): (() => Promise<LookedAtSources>) => {
  const { accounts, keys, serviceLines, mostAsked = MOST_ASKED } = deps
  const doubt = createDoubtLink(deps)
  const { raise } = createRaiseReviews(deps)

  /** Accounts after one, with those of their links that are asked for; at the end of all one that is none. */
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

  /** @returns the doubts about the links of an account, and whether a record could not be asked for */
  const doubtsOf = async (id: AccountId, links: readonly StoredCustomerLink[]) => {
    const asked = links.filter(({ serviceLine }) => serviceLines.has(serviceLine))
    const doubts: Doubt[] = []
    for (const link of asked) {
      const found = await doubt(id, link, links).catch((error: unknown) => {
        if (error instanceof PiasError && error.code === 'store.unavailable') return 'unknown' as const
        throw error
      })
      if (found === 'unknown') return { asked: asked.length, doubts, isAway: true }
      if (found !== undefined) doubts.push(found)
    }
    return { asked: asked.length, doubts, isAway: false }
  }

  /** Looks at the accounts after one, until enough was asked. @returns the account after which the next run goes on */
  const lookFrom = async (start: string) => {
    const doubts: Doubt[] = []
    let asked = 0
    let after = start
    for await (const { id, links } of accountsAfter(start)) {
      if (asked >= mostAsked) break
      const found = await doubtsOf(id as AccountId, links)
      after = id
      asked += found.asked
      doubts.push(...found.doubts)
      // The system is away, or will not say: this account has its turn again when all others had theirs.
      if (found.isAway) break
    }
    return { doubts, asked, after }
  }

  return async () => {
    const start = await keys.putIfAbsent(CURSOR, '')
    const { doubts, asked, after } = await lookFrom(start)
    const isReviewed = createReviewedBefore(deps.reviews)
    const fresh: Doubt[] = []
    for (const one of doubts) if (!(await isReviewed(one))) fresh.push(one)
    const held = fresh.length > Math.max(BELIEVED.always, BELIEVED.share * asked)
    let raised = 0
    for (const { kind, accountId, link, data } of held ? [] : fresh) {
      const { serviceLine, customerId } = link
      const owners = await accounts.ownersOf([link])
      if (owners.get(customerKeyOf(link)) !== accountId) continue
      raised += Number(await raise({ kind, accountId, customer: { serviceLine, customerId } }, data))
    }
    if (after !== start) await keys.replace(CURSOR, start, after)
    return { asked, doubtful: fresh.length, raised, held }
  }
}
