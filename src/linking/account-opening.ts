import type { Candidate } from '#src/customers/port.ts'
import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountClaims, AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import type { AccountsPort, BindResult, CustomerLink } from '#src/store/ports/accounts.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import { asJson, type DecisionRecord, toEvidence } from './decision-record.ts'
import type { PersonOfDay } from './person-of-day.ts'
import type { Proof } from './proof.ts'
import { takeOverClaims } from './take-over-claims.ts'

export type OpeningDeps = {
  readonly accounts: Pick<AccountsPort, 'find' | 'open'>
  readonly clock: Clock
  readonly newAccountId: () => AccountId
  readonly personOfDay: PersonOfDay
}

/** How an account came to be: by matching, by a proof, or because the person is new. */
export type Origin = 'match' | 'proof' | 'new'

export type Opening = {
  readonly identity: VerifiedIdentity
  readonly clientId: string
  readonly origin: Origin
  readonly customers: readonly CustomerLink[]
  /** What the account has of its person besides what the upstream tells. */
  readonly known?: AccountClaims
  /** What was decided about all records that were compared; absent where nothing was. */
  readonly decision?: DecisionRecord
  /** What the audit record should hold besides: codes and references only. */
  readonly data?: { readonly [name: string]: Json }
}

/**
 * Writes the links of a decision: role from the record, evidence from the explanation. Records of `proved` are linked by
 * proof, with the kind of it, all others by match.
 */
export const toCustomerLinks = (
  decision: MatchDecision,
  candidates: readonly Candidate[],
  proved?: { readonly records: readonly CustomerKey[]; readonly by: Proof['kind'] },
): readonly CustomerLink[] => {
  const records = new Map(candidates.map(({ record }) => [customerKeyOf(record), record]))
  const explanations = new Map(decision.explanations.map(one => [customerKeyOf(one), one]))
  const byProof = new Set(proved?.records.map(customerKeyOf))
  return decision.links.map(key => {
    const text = customerKeyOf(key)
    const role = records.get(text)?.role
    const explanation = explanations.get(text)
    const isProved = byProof.has(text)
    return {
      serviceLine: key.serviceLine,
      customerId: key.customerId,
      ...(role === undefined ? {} : { role }),
      method: isProved ? 'proof' : 'match',
      ruleVersion: decision.ruleVersion,
      evidence: explanation === undefined ? null : toEvidence(explanation, isProved ? proved?.by : undefined),
    }
  })
}

const openingEvents = (
  opening: Opening,
  { accountId, person, at }: { accountId: AccountId; person: string; at: number },
): readonly AuditEvent[] => {
  const { identity, clientId, origin, customers, data = {} } = opening
  const common = { at, accountId, clientId }
  const opened = { upstream: identity.upstream, acr: identity.acr, origin, customers: customers.length, ...data }
  return [
    { ...common, type: 'account.opened', data: opened },
    ...(opening.decision === undefined
      ? []
      : [
          {
            ...common,
            type: 'link.decided',
            data: { person, decision: asJson(opening.decision) },
            // Also those that were passed over: why not is asked of a record, whoever it was passed over for.
            records: opening.decision.records.map(customerKeyOf),
          },
        ]),
    ...customers.map(({ serviceLine, customerId, method, ruleVersion }) => ({
      ...common,
      type: 'link.created',
      data: { serviceLine, customerId, method, ruleVersion, upstream: identity.upstream },
    })),
  ]
}

/**
 * Opens an account for an identity, with its links and audit events in one transaction: all or nothing.
 * @returns what the store says; `already` and `owned-elsewhere` have written nothing
 */
export const createOpenAccount =
  ({ accounts, clock, newAccountId, personOfDay }: OpeningDeps) =>
  async (opening: Opening): Promise<BindResult> => {
    const now = clock()
    const id = newAccountId()
    const bound = await accounts.open({
      account: {
        id,
        createdAt: now,
        updatedAt: now,
        claims: takeOverClaims(opening.known ?? {}, opening.identity, now),
      },
      identity: opening.identity.key,
      customers: opening.customers,
      events: openingEvents(opening, { accountId: id, person: personOfDay(opening.identity.key, now), at: now }),
    })
    if (bound.kind !== 'already') return bound
    const account = await findWhole(accounts, bound.accountId)
    return { ...bound, accountId: account?.id ?? bound.accountId }
  }
