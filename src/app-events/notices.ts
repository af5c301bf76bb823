import { createAppsOf } from '#src/accounts/apps-of.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import type { GrantsPort } from '#src/store/ports/artifacts.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'
import type { AppEvent } from './app-event.ts'

/** What one app is told: the event, by the `sub` that this app knows. */
export type AppNotice = {
  readonly clientId: string
  readonly type: AppEvent['type']
  readonly sub: string
  readonly payload: { readonly [name: string]: Json }
}

/** By which `sub` an app knows the person of an account; undefined where there is no such app. */
export type SubjectAt = (accountId: AccountId, clientId: string) => Promise<string | undefined>

/** A subject as RFC 9493 writes it. */
export const subjectIdentifier = (issuer: string, sub: string) => ({ format: 'iss_sub', iss: issuer, sub })

export type NoticesDeps = {
  readonly accounts: Pick<AccountsPort, 'find'>
  readonly grants: Pick<GrantsPort, 'findAllByUid'>
  readonly consents: Pick<ConsentsPort, 'list'>
  readonly findClient: (clientId: string) => ClientMetadata | undefined
  readonly subjectAt: SubjectAt
  readonly issuer: string
}

/**
 * Says what each app with a webhook is told of an event. One that knows the account is told of it by the `sub` it knows; one
 * that keeps the `sub` it knows through a merge, or knows the other account alone, that the records are others.
 */
export const createNotices = (deps: NoticesDeps) => {
  const { accounts, findClient, subjectAt, issuer } = deps
  const appsOf = createAppsOf(deps)

  /** The apps with a webhook that know the person by an account. */
  const appsAbout = async (account: Account | undefined): Promise<readonly string[]> => {
    const known = account === undefined ? [] : [...(await appsOf(account))]
    return known.filter(clientId => findClient(clientId)?.pias_webhook_uri !== undefined)
  }

  const isToldOfRecords = (clientId: string): boolean =>
    (findClient(clientId)?.scope ?? '').split(' ').includes('customer')

  /** That userinfo tells other records, by the `sub` that goes with it now. */
  const recordsChanged = async (clientId: string, accountId: AccountId): Promise<AppNotice | undefined> => {
    const whole = (await findWhole(accounts, accountId))?.id ?? accountId
    const sub = isToldOfRecords(clientId) ? await subjectAt(whole, clientId) : undefined
    return sub === undefined ? undefined : { clientId, type: 'records-changed', sub, payload: {} }
  }

  /** What an app that knows this very account is told of it. */
  const accountChanged = async (clientId: string, event: AppEvent): Promise<AppNotice | undefined> => {
    const { type, accountId, other } = event
    if (type === 'records-changed' || event.keepers?.includes(clientId)) return recordsChanged(clientId, accountId)
    const sub = await subjectAt(accountId, clientId)
    const others = other && (await subjectAt(other, clientId))
    if (sub === undefined) return undefined
    if (others === undefined) return { clientId, type, sub, payload: {} }
    return {
      clientId,
      type,
      sub,
      payload: { [type === 'merged' ? 'into' : 'from']: subjectIdentifier(issuer, others) },
    }
  }

  return async (event: AppEvent): Promise<readonly AppNotice[]> => {
    const { accountId } = event
    // What a part has, userinfo tells of the whole.
    const other = event.other ?? (await findWhole(accounts, accountId))?.id ?? accountId
    const [own, known] = await Promise.all([
      accounts.find(accountId).then(appsAbout),
      accounts.find(other).then(appsAbout),
    ])
    const notices = await Promise.all([
      ...own.map(app => accountChanged(app, event)),
      ...known.filter(app => !own.includes(app)).map(app => recordsChanged(app, other)),
    ])
    return notices.filter(notice => notice !== undefined)
  }
}
