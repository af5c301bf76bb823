import { isDeepStrictEqual } from 'node:util'
import type { Candidate, RecordChange, RecordChanges } from '#src/customers/port.ts'
import { type CustomerKey, type CustomerRecord, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import { writeDown } from './decision-record.ts'
import { createMatchIdentity, type MatchDeps } from './match-identity.ts'
import { createRaiseReviews, type RaiseReviewsDeps } from './raise-reviews.ts'
import { toldBy } from './told-claims.ts'

export type LookAtChangesDeps = MatchDeps &
  RaiseReviewsDeps & {
    readonly accounts: Pick<AccountsPort, 'find' | 'customersOf' | 'ownersOf'>
    readonly changes: RecordChanges
  }

/** How many changes were looked at, how many of them are of linked records, and how many reviews that opened. */
export type Looked = { readonly changes: number; readonly linked: number; readonly raised: number }

/**
 * `onlyRipe` leaves those for later that would be looked at again, for they are too new to be forgotten: for one who looks
 * now and then while changes come in.
 */
export type LookAtChanges = (options?: { readonly onlyRipe?: boolean }) => Promise<Looked>

const PAGE = 500

/**
 * How long a change is kept after it was looked at for the first time: a login that read the record before may be about to
 * link it. Far longer than a request may take.
 */
export const SETTLE_AFTER_MS = 30_000

/** What decides about a link beside the comparable form of the person. */
const decisive = ({ status, segment, role, companyName, createdAt }: CustomerRecord) => ({
  status,
  segment,
  role,
  companyName,
  createdAt,
})

const isSameToMatching = (former: Candidate, present: Candidate): boolean =>
  isDeepStrictEqual(former.person, present.person) &&
  isDeepStrictEqual(decisive(former.record), decisive(present.record))

/** The names of the fields that differ; never a value. */
const changedFields = (former: CustomerRecord, present: CustomerRecord): readonly string[] => {
  const names = new Set([...Object.keys(former), ...Object.keys(present)]) as Set<keyof CustomerRecord>
  return [...names].filter(name => !isDeepStrictEqual(former[name], present[name])).sort()
}

const isKey = (key: CustomerKey) => {
  const text = customerKeyOf(key)
  return (other: CustomerKey): boolean => customerKeyOf(other) === text
}

/** `fits`: the link would be made today; `doubtful`: it would not; `unknown`: the search told less than all there is. */
type Verdict = { readonly kind: 'fits' | 'unknown' } | { readonly kind: 'doubtful'; readonly data: Json }

/**
 * Looks at records that changed: a link is never moved or ended for it, but where it would not be made today a review is
 * raised. Withdrawn records always raise one. Of a changed one the link is decided again, by the engine, on the claims the
 * upstream told, with the account's proved records as anchors: one that matching made must be made again, one that a
 * proof made must at least be open to a proof. A change that matching does not see raises nothing.
 *
 * Safe to run at any time, again, and by several at once: a change is forgotten only after its review is stored.
 * @see docs/decisions/0066-reviews.md
 * @throws PiasError `store.unavailable`
 */
export const createLookAtChanges = (deps: LookAtChangesDeps): LookAtChanges => {
  const { accounts, changes, clock } = deps
  const matcher = createMatchIdentity(deps)
  const { raise } = createRaiseReviews(deps)

  const decideAgain = async (
    accountId: AccountId,
    link: StoredCustomerLink,
    links: readonly StoredCustomerLink[],
    { former, present }: { readonly former: Candidate | undefined; readonly present: Candidate },
  ): Promise<Verdict> => {
    const account = await accounts.find(accountId)
    if (account === undefined) return { kind: 'fits' }
    const isLink = isKey(link)
    const proved = links.filter(other => other.method === 'proof' && !isLink(other))
    const [found, anchors] = await Promise.all([
      matcher.search({ claims: toldBy(account.claims) }),
      changes.find(proved),
    ])
    if (!found.complete) return { kind: 'unknown' }
    const others = found.candidates.filter(({ record }) => !isLink(record))
    const findings = await matcher.add({ ...found, candidates: others }, [present, ...anchors])
    const anchorKeys = anchors.map(({ record: { serviceLine, customerId } }) => ({ serviceLine, customerId }))
    const decision = matcher.decideOn(findings, anchorKeys)
    const fitting = link.method === 'proof' ? [...decision.links, ...decision.candidates] : decision.links
    if (fitting.some(isLink)) return { kind: 'fits' }
    const explanation = decision.explanations.find(isLink)
    const data = {
      method: link.method,
      linkedBy: link.ruleVersion,
      decidedBy: decision.ruleVersion,
      errorBudget: findings.errorBudget,
      fields: former === undefined ? null : changedFields(former.record, present.record),
      margins: decision.margins,
      explanation: explanation === undefined ? null : (writeDown(explanation) as unknown as Json),
    }
    return { kind: 'doubtful', data }
  }

  /** @returns whether a review was opened; undefined when that cannot be told yet */
  const lookAt = async (
    change: RecordChange,
    accountId: AccountId,
    present: Candidate | undefined,
  ): Promise<boolean | undefined> => {
    const links = await accounts.customersOf(accountId)
    const link = links.find(isKey(change))
    if (link === undefined) return false
    const { serviceLine, customerId } = change
    const former = change.former()
    const customer = { serviceLine, customerId }
    if (present === undefined) {
      const data = { method: link.method, linkedBy: link.ruleVersion }
      return raise({ kind: 'record-withdrawn', accountId, customer }, data)
    }
    if (former !== undefined && isSameToMatching(former, present)) return false
    const verdict = await decideAgain(accountId, link, links, { former, present })
    if (verdict.kind === 'unknown') return undefined
    return verdict.kind === 'doubtful' && raise({ kind: 'record-changed', accountId, customer }, verdict.data)
  }

  const ripeUntil = (): number => clock() - SETTLE_AFTER_MS

  const lookAtPage = async (page: readonly RecordChange[]): Promise<Looked> => {
    const owners = await accounts.ownersOf(page)
    const owned = page.filter(change => owners.has(customerKeyOf(change)))
    const found = owned.length === 0 ? [] : await changes.find(owned)
    const present = new Map(found.map(candidate => [customerKeyOf(candidate.record), candidate]))
    const unknown = new Set<RecordChange>()
    let raised = 0
    for (const change of owned) {
      const key = customerKeyOf(change)
      const opened = await lookAt(change, owners.get(key) as AccountId, present.get(key))
      if (opened === undefined) unknown.add(change)
      raised += Number(opened === true)
    }
    const ripe = ripeUntil()
    const settled = page.filter(change => change.at <= ripe && !unknown.has(change))
    if (settled.length > 0) await changes.settle(settled)
    return { changes: page.length, linked: owned.length, raised }
  }

  return async ({ onlyRipe = false } = {}) => {
    const until = onlyRipe ? ripeUntil() : Number.POSITIVE_INFINITY
    let all: Looked = { changes: 0, linked: 0, raised: 0 }
    let after: RecordChange | undefined
    do {
      const page = await changes.list({ limit: PAGE, ...(after && { after }) })
      const due = page.filter(({ at }) => at <= until)
      const looked = await lookAtPage(due)
      all = {
        changes: all.changes + looked.changes,
        linked: all.linked + looked.linked,
        raised: all.raised + looked.raised,
      }
      after = due.length === PAGE ? due.at(-1) : undefined
    } while (after !== undefined)
    return all
  }
}
