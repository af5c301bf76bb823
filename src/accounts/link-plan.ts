import { type CustomerKey, customerKeyOf, type Role } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Account, AccountsPort, CustomerLink, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import type { GrantsPort } from '#src/store/ports/artifacts.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import type { LinkChange, LinkChangesPort, LinkMove } from '#src/store/ports/link-changes.ts'
import type { PasskeysPort } from '#src/store/ports/passkeys.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import { createAppsOf, namedIn } from './apps-of.ts'

/**
 * What somebody wants done to links. `origin` of a link that no admin decided on. Identities of `split` and `retire` are named as `identitiesOf` tells them; that of
 * `rebind` is the one the upstream tells. `apps` know the
 * person by the account that is merged, beside those that hold a grant or a consent of it; one that knows both accounts
 * goes by the one that stays, unless it is named here.
 */
export type LinkRequest =
  | {
      readonly kind: 'link'
      readonly account: AccountId
      readonly record: CustomerKey
      readonly role?: Role
      readonly origin?: Pick<CustomerLink, 'method' | 'ruleVersion' | 'evidence'>
    }
  | { readonly kind: 'unlink'; readonly record: CustomerKey }
  | {
      readonly kind: 'rebind'
      readonly account: AccountId
      readonly retire: IdentityKey
      readonly identity: IdentityKey
    }
  | {
      readonly kind: 'merge'
      readonly account: AccountId
      readonly into: AccountId
      readonly apps?: readonly string[]
    }
  | {
      readonly kind: 'split'
      readonly account: AccountId
      readonly identities: readonly IdentityKey[]
      readonly records: readonly CustomerKey[]
    }
  | { readonly kind: 'undo'; readonly change: string }

/** Why a request cannot be carried out. */
export type LinkRefusal =
  | 'no-account'
  | 'no-change'
  | 'not-linked'
  | 'linked-elsewhere'
  | 'not-bound'
  | 'bound-elsewhere'
  | 'merged'
  | 'same-account'
  | 'nothing-left'
  | 'nothing-moved'
  | 'not-done'
  | 'undone'
  | 'takes-two'
  | 'erased'

/**
 * What a request comes to: what moves, what is opened, whose logins end because they lose something, and who has passkeys
 * that go with an identity.
 */
export type LinkPlan = Pick<LinkChange, 'moves' | 'undoes'> & {
  readonly opens: readonly Account[]
  readonly endLogins: readonly AccountId[]
  readonly endPasskeys: readonly AccountId[]
}

type Outcome = { readonly plan: LinkPlan } | { readonly refusal: LinkRefusal }

type PlanDeps = {
  readonly accounts: Pick<AccountsPort, 'find' | 'customersOf' | 'ownersOf' | 'findByIdentity'>
  readonly linkChanges: Pick<LinkChangesPort, 'find' | 'identitiesOf' | 'referTo'>
  readonly grants: Pick<GrantsPort, 'findAllByUid'>
  readonly consents: Pick<ConsentsPort, 'list'>
  readonly passkeys: Pick<PasskeysPort, 'list'>
  readonly newAccountId: () => AccountId
}

/** Who has less after a move: an account that is merged has no logins of its own any more. */
const losersOf = (move: LinkMove): readonly AccountId[] => {
  if (move.thing === 'account' && move.to !== undefined) return [move.account]
  return move.from === undefined ? [] : [move.from]
}

const refuse = (refusal: LinkRefusal): Outcome => ({ refusal })

/** Whether two keys name the same identity at the same upstream. */
export const sameIdentity = (a: IdentityKey, b: IdentityKey): boolean =>
  a.issuer === b.issuer && a.clientId === b.clientId && a.subject === b.subject

/** The same move the other way round. */
const reverse = (move: LinkMove): LinkMove => {
  const { from, to, ...rest } = move
  return { ...rest, ...(to !== undefined && { from: to }), ...(from !== undefined && { to: from }) } as LinkMove
}

/** Says what a request would do, and does nothing; times are epoch milliseconds. */
export const createLinkPlanner = ({ accounts, linkChanges, grants, consents, passkeys, newAccountId }: PlanDeps) => {
  const appsOf = createAppsOf({ grants, consents })

  /** With whatever they are a part of: people are logged in there. */
  const withWholes = async (ids: readonly AccountId[]): Promise<readonly AccountId[]> => {
    const wholes = await Promise.all(ids.map(id => findWhole(accounts, id)))
    return [...new Set([...ids, ...wholes.flatMap(whole => (whole === undefined ? [] : [whole.id]))])]
  }

  const planOf = async (moves: readonly LinkMove[], more: Partial<LinkPlan> = {}): Promise<Outcome> => {
    const endLogins = await withWholes(moves.flatMap(losersOf))
    const left = await withWholes(
      moves.flatMap(({ thing, from }) => (thing === 'record' || from === undefined ? [] : [from])),
    )
    const held = await Promise.all(left.map(id => passkeys.list(id)))
    const endPasskeys = left.filter((_, index) => held[index]?.length !== 0)
    return { plan: { opens: [], ...more, moves, endLogins, endPasskeys } }
  }

  const linkOf = async (account: AccountId, record: CustomerKey): Promise<StoredCustomerLink | undefined> =>
    (await accounts.customersOf(account)).find(link => customerKeyOf(link) === customerKeyOf(record))

  const ownerOf = async (record: CustomerKey): Promise<AccountId | undefined> =>
    (await accounts.ownersOf([record])).get(customerKeyOf(record))

  const planLink = async ({ account, record, role, origin }: Extract<LinkRequest, { kind: 'link' }>, now: number) => {
    const found = await accounts.find(account)
    if (found === undefined) return refuse('no-account')
    if (found.mergedInto !== undefined) return refuse('merged')
    if ((await ownerOf(record)) !== undefined) return refuse('linked-elsewhere')
    const link: StoredCustomerLink = {
      serviceLine: record.serviceLine,
      customerId: record.customerId,
      ...(role !== undefined && { role }),
      ...(origin ?? { method: 'admin', ruleVersion: 'admin', evidence: null }),
      linkedAt: now,
    }
    return planOf([{ thing: 'record', record, link, to: account }])
  }

  const planUnlink = async ({ record }: Extract<LinkRequest, { kind: 'unlink' }>) => {
    const owner = await ownerOf(record)
    const link = owner && (await linkOf(owner, record))
    if (owner === undefined || link === undefined) return refuse('not-linked')
    return planOf([{ thing: 'record', record, link, from: owner }])
  }

  const planRebind = async ({ account, retire, identity }: Extract<LinkRequest, { kind: 'rebind' }>) => {
    const found = await accounts.find(account)
    if (found === undefined) return refuse('no-account')
    if (found.mergedInto !== undefined) return refuse('merged')
    const bound = await linkChanges.identitiesOf(account)
    if (!bound.some(one => sameIdentity(one, retire))) return refuse('not-bound')
    if ((await accounts.findByIdentity(identity)) !== undefined) return refuse('bound-elsewhere')
    return planOf([
      { thing: 'identity', identity: retire, from: account },
      { thing: 'identity', identity: await linkChanges.referTo(identity), to: account },
    ])
  }

  const planMerge = async ({ account, into, apps: named = [] }: Extract<LinkRequest, { kind: 'merge' }>) => {
    if (account === into) return refuse('same-account')
    const [part, whole] = await Promise.all([accounts.find(account), accounts.find(into)])
    if (part === undefined || whole === undefined) return refuse('no-account')
    if (part.mergedInto !== undefined || whole.mergedInto !== undefined) return refuse('merged')
    const [known, knownByOther] = await Promise.all([appsOf(part), appsOf(whole)])
    const taken = new Set(namedIn(whole))
    const apps = [...known].filter(app => !knownByOther.has(app))
    // An app that knows both goes by the one that stays, unless somebody says otherwise.
    const all = [...new Set([...apps, ...named.filter(app => !taken.has(app))])].sort()
    return planOf([{ thing: 'account', account, apps: all, to: into }])
  }

  const planSplit = async (
    { account, identities, records }: Extract<LinkRequest, { kind: 'split' }>,
    now: number,
  ): Promise<Outcome> => {
    const found = await accounts.find(account)
    if (found === undefined) return refuse('no-account')
    if (found.mergedInto !== undefined) return refuse('merged')
    if (identities.length === 0) return refuse('nothing-moved')
    const bound = await linkChanges.identitiesOf(account)
    if (!identities.every(identity => bound.some(one => sameIdentity(one, identity)))) return refuse('not-bound')
    if (identities.length >= bound.length) return refuse('nothing-left')
    const links = await Promise.all(records.map(record => linkOf(account, record)))
    if (links.includes(undefined)) return refuse('not-linked')
    const to = newAccountId()
    const moves: readonly LinkMove[] = [
      ...identities.map(identity => ({ thing: 'identity' as const, identity, from: account, to })),
      ...links.flatMap(link =>
        link === undefined ? [] : [{ thing: 'record' as const, record: keyOf(link), link, from: account, to }],
      ),
    ]
    // Whose claims they were is not known; the next login brings them.
    return planOf(moves, { opens: [{ id: to, createdAt: now, updatedAt: now, claims: {} }] })
  }

  const planUndo = async ({ change: id }: Extract<LinkRequest, { kind: 'undo' }>): Promise<Outcome> => {
    const change = await linkChanges.find(id)
    if (change === undefined) return refuse('no-change')
    if (change.state !== 'done') return refuse('not-done')
    if (change.undoneBy !== undefined) return refuse('undone')
    // That would merge, which two people must want: it is proposed anew.
    if (change.moves.some(({ thing, from }) => thing === 'account' && from !== undefined)) return refuse('takes-two')
    if (change.moves.some(move => move.thing === 'record' && move.link === undefined)) return refuse('erased')
    return planOf(change.moves.toReversed().map(reverse), { undoes: id })
  }

  return (request: LinkRequest, now: number): Promise<Outcome> => {
    switch (request.kind) {
      case 'link':
        return planLink(request, now)
      case 'unlink':
        return planUnlink(request)
      case 'rebind':
        return planRebind(request)
      case 'merge':
        return planMerge(request)
      case 'split':
        return planSplit(request, now)
      case 'undo':
        return planUndo(request)
    }
  }
}

const keyOf = ({ serviceLine, customerId }: CustomerKey): CustomerKey => ({ serviceLine, customerId })
