import { maskText } from '#src/audit/mask.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { evidenceOf } from '#src/linking/decision-record.ts'
import type { AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { LinkChange, LinkChangesPort, LinkMove } from '#src/store/ports/link-changes.ts'
import { type RecordView, viewRecord } from './record-view.ts'

/** An act that moved a record: by whom, and who approved it. */
export type LinkActView = Pick<LinkChange, 'id' | 'kind' | 'at' | 'by' | 'reason' | 'decidedBy'> & {
  /** Who had the record before, if anybody. */
  readonly from?: string
}

/**
 * Why an account has a record now: how it was linked and by what it was proved, every act that moved it since (newest
 * first), and the evidence, which moves with it. Numbers are masked, times epoch milliseconds.
 */
export type LinkView = {
  readonly serviceLine: string
  readonly customerId: string
  readonly method: StoredCustomerLink['method']
  readonly proof?: 'invoice' | 'contact'
  readonly ruleVersion: string
  readonly linkedAt: number
  readonly acts: readonly LinkActView[]
  readonly evidence?: RecordView
  /** The decision that linked it, among those that are told with it. */
  readonly decision?: number
}

/** A link with how it came about, and the accounts that the record was in on the way. */
export type LinkHistory = {
  readonly link: StoredCustomerLink
  readonly view: LinkView
  readonly accounts: readonly string[]
}

/** Acts on one account that are looked through: the newest. */
const MOST_ACTS = 100

/** What an act did to a record since it was linked; what is older was about an earlier link of the record. */
const moveOf = ({ state, at, moves }: LinkChange, link: StoredCustomerLink): LinkMove | undefined =>
  state === 'done' && at >= link.linkedAt
    ? moves.find(move => move.thing === 'record' && customerKeyOf(move.record) === customerKeyOf(link))
    : undefined

const viewAct = ({ id, kind, at, by, reason, decidedBy }: LinkChange, from: AccountId | undefined): LinkActView => ({
  id,
  kind,
  at,
  by,
  reason,
  ...(decidedBy !== undefined && { decidedBy }),
  ...(from !== undefined && { from }),
})

/** Tells how links came about: from the links themselves and the acts on the accounts they were in. */
export const createLinkHistory = ({
  accounts,
  linkChanges,
}: {
  accounts: Pick<AccountsPort, 'customersOf'>
  linkChanges: Pick<LinkChangesPort, 'list'>
}) => {
  type Acts = (id: AccountId) => Promise<readonly LinkChange[]>

  /** Reads the acts on an account once, however many of its records are asked for. */
  const createActs = (): Acts => {
    const read = new Map<AccountId, Promise<readonly LinkChange[]>>()
    return id => {
      const known = read.get(id) ?? linkChanges.list({ of: { accountId: id }, limit: MOST_ACTS })
      read.set(id, known)
      return known
    }
  }

  const historyOf = async (owner: AccountId, link: StoredCustomerLink, actsOf: Acts): Promise<LinkHistory> => {
    const acts = new Map<string, LinkActView>()
    // Grows while it is walked through: an act tells whose the record was before.
    const passed: AccountId[] = [owner]
    for (const accountId of passed) {
      for (const change of await actsOf(accountId)) {
        const moved = moveOf(change, link)
        if (moved === undefined) continue
        acts.set(change.id, viewAct(change, moved.from))
        passed.push(...[moved.from, moved.to].filter(end => end !== undefined).filter(end => !passed.includes(end)))
      }
    }
    const { serviceLine, customerId, method, ruleVersion, linkedAt } = link
    const evidence = evidenceOf(link.evidence)
    const view: LinkView = {
      serviceLine,
      customerId: maskText(customerId),
      method,
      ...(evidence?.proof !== undefined && { proof: evidence.proof }),
      ruleVersion,
      linkedAt,
      acts: [...acts.values()].sort((a, b) => b.at - a.at),
      ...(evidence !== undefined && { evidence: viewRecord(evidence) }),
    }
    return { link, view, accounts: passed }
  }

  /** How an account came to its records, or to the one of that key, in the order of service line and number. */
  return async (accountId: AccountId, only?: string): Promise<readonly LinkHistory[]> => {
    const actsOf = createActs()
    const all = await accounts.customersOf(accountId)
    const links = only === undefined ? all : all.filter(link => customerKeyOf(link) === only)
    return Promise.all(links.map(link => historyOf(accountId, link, actsOf)))
  }
}
