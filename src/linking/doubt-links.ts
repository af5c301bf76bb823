import type { Candidate, CustomerSource } from '#src/customers/port.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { MatchExplanation } from '#src/matching/decide.ts'
import type { AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { ReviewKind } from '#src/store/ports/reviews.ts'
import { writeDown } from './decision-record.ts'
import { createMatchIdentity, type MatchDeps } from './match-identity.ts'
import { toldBy } from './told-claims.ts'

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

/** Questions that a source has of one account at the same time. */
const AT_ONCE = 4

const NOBODY: CustomerSource['findCandidates'] = async () => ({ candidates: [], overflowed: [], complete: true })

const unlessAway = (error: unknown): undefined => {
  if (error instanceof PiasError && error.code === 'store.unavailable') return undefined
  throw error
}

/** Asks a source for records by their numbers, for each number once; `asked` counts the questions. */
const createReader = (source: Pick<CustomerSource, 'findByCustomerId'>) => {
  const known = new Set<string>()
  const records = new Map<string, Candidate>()
  return {
    asked: () => known.size,
    recordOf: (link: StoredCustomerLink): Candidate | undefined => records.get(customerKeyOf(link)),
    /** @returns false where the source does not answer in full */
    read: async (links: readonly StoredCustomerLink[]): Promise<boolean> => {
      const ids = [...new Set(links.map(({ customerId }) => customerId))].filter(id => !known.has(id))
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const some = ids.slice(from, from + AT_ONCE)
        for (const id of some) known.add(id)
        const found = await Promise.all(some.map(source.findByCustomerId)).catch(unlessAway)
        if (found === undefined) return false
        for (const one of found.flat()) records.set(customerKeyOf(one.record), one)
      }
      return true
    },
  }
}

/**
 * Makes the look at some of the links of an account, among all of them: what is wrong with each by the record as its source
 * has it now, if anything is. `asked` counts the questions to sources; `doubts` is undefined where one of these was not
 * answered in full, so that nothing can be told. The person is sent to no source.
 */
export const createDoubtLinks = (deps: MatchDeps & { readonly accounts: Pick<AccountsPort, 'find'> }) => {
  const { accounts, source } = deps
  // The record is judged by itself: without rivals it is rather offered, so nothing is doubted for what others have.
  const matcher = createMatchIdentity({ ...deps, source: { ...source, findCandidates: NOBODY } })

  return async (
    accountId: AccountId,
    looked: readonly StoredCustomerLink[],
    links: readonly StoredCustomerLink[],
  ): Promise<{ readonly asked: number; readonly doubts: readonly Doubt[] | undefined }> => {
    const { asked, read, recordOf } = createReader(source)
    const unknown = () => ({ asked: asked(), doubts: undefined })
    if (!(await read(looked))) return unknown()
    const doubts: Doubt[] = looked
      .filter(link => recordOf(link) === undefined)
      .map(link => ({
        kind: 'record-withdrawn',
        accountId,
        link,
        data: { method: link.method, linkedBy: link.ruleVersion },
      }))
    // What people or a document gave an account may never have looked like its person.
    const judged = looked.filter(link => BY_EVIDENCE.has(link.method) && recordOf(link) !== undefined)
    const account = judged.length === 0 ? undefined : await accounts.find(accountId)
    if (account === undefined) return { asked: asked(), doubts }

    const proved = links.filter(({ method }) => method === 'proof')
    if (!(await read(proved))) return unknown()
    const person = await matcher.search({ claims: toldBy(account.claims) })
    if (!person.complete) return unknown()
    for (const link of judged) {
      const key = customerKeyOf(link)
      const others = proved.filter(other => customerKeyOf(other) !== key && recordOf(other) !== undefined)
      const beside = [link, ...others].map(recordOf).filter(record => record !== undefined)
      const anchors = others.map(({ serviceLine, customerId }) => ({ serviceLine, customerId }))
      const { explanations, margins, ruleVersion } = matcher.decideOn(await matcher.add(person, beside), anchors)
      const explanation = explanations.find(one => customerKeyOf(one) === key)
      if (explanation?.verdict !== 'passed-over') continue
      const written = writeDown(explanation) as unknown as Json
      const told = { method: link.method, linkedBy: link.ruleVersion, decidedBy: ruleVersion, fields: null, margins }
      doubts.push({ kind: 'record-changed', accountId, link, explanation, data: { ...told, explanation: written } })
    }
    return { asked: asked(), doubts }
  }
}
