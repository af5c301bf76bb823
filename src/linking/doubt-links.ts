import type { Candidate, CustomerSource } from '#src/customers/port.ts'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { MatchExplanation } from '#src/matching/decide.ts'
import type { AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { ReviewKind } from '#src/store/ports/reviews.ts'
import { writeDown } from './decision-record.ts'
import { createMatchIdentity, type MatchDeps } from './match-identity.ts'

/** A link that somebody has to look at, and what is to be told of it. */
export type Doubt = {
  readonly kind: ReviewKind
  readonly accountId: AccountId
  readonly link: StoredCustomerLink
  readonly explanation?: MatchExplanation
  readonly data: Json
}

/** How a link came about that looked like its person then. */
const BY_EVIDENCE = new Set<StoredCustomerLink['method']>(['match', 'proof'])

const NOBODY: CustomerSource['findCandidates'] = async () => ({ candidates: [], overflowed: [], complete: true })

/**
 * Makes the look at one link of an account, among all of its links: what is wrong with it by the record as its source has it
 * now, if anything is. The person is sent to no source.
 * @throws PiasError `store.unavailable` where the source does not answer in full
 */
export const createDoubtLink = (deps: MatchDeps & { readonly accounts: Pick<AccountsPort, 'find'> }) => {
  const { accounts, source } = deps
  // The record is judged by itself: without rivals it is rather offered, so nothing is doubted for what others have.
  const matcher = createMatchIdentity({ ...deps, source: { ...source, findCandidates: NOBODY } })
  const findRecord = async (key: CustomerKey): Promise<Candidate | undefined> =>
    (await source.findByCustomerId(key.customerId)).find(({ record }) => customerKeyOf(record) === customerKeyOf(key))

  return async (
    accountId: AccountId,
    link: StoredCustomerLink,
    links: readonly StoredCustomerLink[],
  ): Promise<Doubt | undefined> => {
    const present = await findRecord(link)
    const { method, ruleVersion: linkedBy } = link
    if (present === undefined) return { kind: 'record-withdrawn', accountId, link, data: { method, linkedBy } }
    // What people or a document gave an account may never have looked like its person.
    if (!BY_EVIDENCE.has(method)) return undefined
    const account = await accounts.find(accountId)
    if (account === undefined) return undefined
    const proved = links.filter(other => other.method === 'proof' && customerKeyOf(other) !== customerKeyOf(link))
    const anchors = (await Promise.all(proved.map(findRecord))).filter(found => found !== undefined)
    const findings = await matcher.add(await matcher.search(account), [present, ...anchors])
    if (!findings.complete) return undefined
    const anchorKeys = anchors.map(({ record: { serviceLine, customerId } }) => ({ serviceLine, customerId }))
    const { explanations, margins, ruleVersion: decidedBy } = matcher.decideOn(findings, anchorKeys)
    const explanation = explanations.find(one => customerKeyOf(one) === customerKeyOf(link))
    if (explanation?.verdict !== 'passed-over') return undefined
    const written = writeDown(explanation) as unknown as Json
    const data = { method, linkedBy, decidedBy, fields: null, margins, explanation: written }
    return { kind: 'record-changed', accountId, link, explanation, data }
  }
}
