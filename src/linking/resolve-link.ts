import { type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { MatchDecision } from '#src/matching/decide.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import type { AuditEvent, AuditPort } from '#src/store/ports/audit.ts'
import { changeClaims } from '#src/store/ports/change-claims.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import { createOpenAccount, type OpeningDeps, toCustomerLinks } from './account-opening.ts'
import { asJson, SHADOW_TYPE, toDecisionRecord, withoutNumbers } from './decision-record.ts'
import { createMatchIdentity, type Findings, type MatchDeps } from './match-identity.ts'
import { createRaiseReviews, type RaiseReviewsDeps } from './raise-reviews.ts'
import { takeOverClaims } from './take-over-claims.ts'

/** How matching came out where nobody was linked: left to the person, or only recorded. */
export type DecidedLink = {
  readonly kind: 'acted' | 'shadow'
  readonly outcome: MatchDecision['outcome'] | 'owned-elsewhere' | 'contested'
}

/**
 * `known`: the identity has an account. `linked`: it has one now, with all records that are this person's beyond doubt.
 * `unresolved`: the person must say more (a proof, or that they are new); nothing was written but an audit event.
 * `decided`: where matching was asked.
 * `refused`: the account is blocked.
 */
export type LinkResolution =
  | { readonly kind: 'known'; readonly accountId: AccountId }
  | { readonly kind: 'linked'; readonly accountId: AccountId }
  | { readonly kind: 'unresolved'; readonly decided?: DecidedLink }
  | { readonly kind: 'refused' }

export type ResolveLinkDeps = MatchDeps &
  OpeningDeps &
  RaiseReviewsDeps & {
    readonly accounts: Pick<
      AccountsPort,
      'find' | 'findWithIdentity' | 'open' | 'ownersOf' | 'contestedAmong' | 'updateClaims'
    >
    readonly audit: Pick<AuditPort, 'append'>
  }

/**
 * Where somebody logs in, and what matching may do there: link, `shadow` (decide, and only record it), or nothing. Who is
 * linked already is recognised whatever it is. `known`: the account of the identity, where it is being looked up already.
 */
export type LinkContext = {
  readonly clientId: string
  readonly linking?: 'act' | 'shadow' | 'off'
  readonly known?: Promise<Account | undefined>
}

const UNRESOLVED = { kind: 'unresolved' } as const satisfies LinkResolution
const REFUSED: LinkResolution = { kind: 'refused' }

/**
 * Makes the step from a verified identity to an account.
 *
 * A returning person is recognised by issuer, client and subject alone and never matched again; newly verified claims
 * are taken over. Claims that are only asserted are not searched with: anybody can type a name. Otherwise the decision
 * of the matching counts: only `link` opens an account here. Parallel first logins end in one account, whoever comes
 * first. A record that another account owns is never moved: that leaves the identity unresolved, too, and people are to
 * look at it. One that people have taken from somebody takes a proof: the same data would link the same person again, who may
 * have begun anew.
 * @throws PiasError `store.unavailable`
 */
export const createResolveLink = (deps: ResolveLinkDeps) => {
  const { accounts, audit, clock, personOfDay } = deps
  const matcher = createMatchIdentity(deps)
  const openAccount = createOpenAccount(deps)
  const { raiseConflicts } = createRaiseReviews(deps)

  const recognise = async (found: Account, identity: VerifiedIdentity): Promise<LinkResolution> => {
    const account = found.mergedInto === undefined ? found : await findWhole(accounts, found.mergedInto)
    if (account?.blocked === true) return REFUSED
    if (account !== undefined) {
      const now = clock()
      await changeClaims(accounts, account, now, claims => takeOverClaims(claims, identity, now))
    }
    return { kind: 'known', accountId: account?.id ?? found.id }
  }

  const leaveUnresolved = async (
    clientId: string,
    data: AuditEvent['data'],
    { type = 'link.unresolved', records = [] }: { type?: AuditEvent['type']; records?: readonly CustomerKey[] } = {},
  ): Promise<LinkResolution> => {
    const found = records.length > 0 && { records: records.map(customerKeyOf) }
    await audit.append([{ at: clock(), type, clientId, data, ...found }])
    return UNRESOLVED
  }

  const leaveUndecided = async (
    { identity, decision, findings }: { identity: VerifiedIdentity; decision: MatchDecision; findings: Findings },
    clientId: string,
    outcome: DecidedLink['outcome'] = decision.outcome,
    kind: DecidedLink['kind'] = 'acted',
  ): Promise<LinkResolution> => {
    const { ruleVersion, margins, candidates, explanations } = decision
    const offered = candidates.length
    const record = toDecisionRecord(decision, findings.errorBudget)
    const data = { outcome, ruleVersion, margins, offered, compared: explanations.length }
    const person = personOfDay(identity.key, clock())
    const written = { ...data, person, decision: asJson(withoutNumbers(record)) }
    const type = kind === 'shadow' ? SHADOW_TYPE : 'link.unresolved'
    await leaveUnresolved(clientId, written, { type, records: record.records })
    return { ...UNRESOLVED, decided: { kind, outcome } }
  }

  /** What would have come of it: a link that others stand in the way of is none. */
  const outcomeInShadow = async ({ outcome, links }: MatchDecision): Promise<DecidedLink['outcome']> => {
    if (outcome !== 'link') return outcome
    if ((await accounts.ownersOf(links)).size > 0) return 'owned-elsewhere'
    return (await accounts.contestedAmong(links)).size > 0 ? 'contested' : 'link'
  }

  return async (identity: VerifiedIdentity, context: LinkContext): Promise<LinkResolution> => {
    const { clientId, linking = 'act' } = context
    const known = await (context.known ?? accounts.findWithIdentity(identity.key))
    if (known !== undefined) return recognise(known, identity)
    if (linking === 'off') return leaveUnresolved(clientId, { outcome: 'off' })
    if (identity.assurance === 'asserted') return leaveUnresolved(clientId, { outcome: 'asserted' })

    const findings = await matcher.search(identity)
    const decision = matcher.decideOn(findings)
    const decided = { identity, decision, findings }
    if (linking === 'shadow') return leaveUndecided(decided, clientId, await outcomeInShadow(decision), 'shadow')
    if (decision.outcome !== 'link') return leaveUndecided(decided, clientId)

    const customers = toCustomerLinks(decision, findings.candidates)
    const record = toDecisionRecord(decision, findings.errorBudget)
    const bound = await openAccount({ identity, clientId, origin: 'match', customers, decision: record })
    switch (bound.kind) {
      case 'bound':
        return { kind: 'linked', accountId: bound.accountId }
      case 'already':
        return { kind: 'known', accountId: bound.accountId }
      case 'contested':
        return leaveUndecided(decided, clientId, 'contested')
      case 'owned-elsewhere':
        await raiseConflicts(bound.customers, {
          origin: 'match',
          clientId,
          person: personOfDay(identity.key, clock()),
          decision,
          errorBudget: findings.errorBudget,
        })
        return leaveUndecided(decided, clientId, 'owned-elsewhere')
    }
  }
}
