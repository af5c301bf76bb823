import { createHmac, createSecretKey } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { Client, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { appOf } from '#src/clients/trial-clients.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { Account } from '#src/store/ports/accounts.ts'

/** What says by which names apps know the person of an account. */
type KnownAccount = Pick<Account, 'id' | 'subjects' | 'absorbed'>

/** Looks an account up, a part of another one too. */
export type FindKnown = (id: AccountId) => Promise<KnownAccount | undefined>

/**
 * The account by whose name an app knows the person: itself, or the part of it that the app knew before the merge
 * (ADR 0071). A `sub` from before PIAS outweighs a part.
 */
export const knownBy = async (account: KnownAccount, clientId: string, find: FindKnown): Promise<KnownAccount> => {
  const { subjects = {}, absorbed = [] } = account
  const known = Object.hasOwn(subjects, clientId) ? undefined : absorbed.find(({ apps }) => apps.includes(clientId))
  const part = known && (await find(known.id).catch(asUnavailable))
  return part === undefined ? account : knownBy(part, clientId, find)
}

/** The account as it was looked up for this very request; undefined where another one was, or none. */
export const lookedUpIn = (ctx: KoaContextWithOIDC | undefined, accountId: string): KnownAccount | undefined => {
  const account = ctx?.oidc?.account
  return account?.accountId === accountId && 'known' in account ? (account.known as KnownAccount) : undefined
}

type SubjectIdentifier = NonNullable<Configuration['pairwiseIdentifier']>

/** What a client's file says, for {@link identifyAllSubjects} makes the library see `pairwise` with all. */
const OWN_TYPES = new WeakMap<object, unknown>()

/**
 * The subject an app sees (OIDC Core 2 and 8). An app that knew the person before PIAS goes on to see what it knows, and
 * one that knew an account before it was merged what it had as its subject. Else it is the account's id, or, where the client's file asks for `pairwise`, one that differs from sector to sector (8.1),
 * fixed by the sector's name: another redirect host or client id changes nobody's subject. Keyed, so that whoever knows
 * an account id or the subject of another sector cannot compute one. A client without a named sector has the host of its
 * `sector_identifier_uri`.
 * @param options.pairwiseSecret never changes in the life of an installation
 */
export const createSubjectIdentifier = (options: {
  pairwiseSecret: string
  findKnown: FindKnown
}): SubjectIdentifier => {
  const key = createSecretKey(Buffer.from(options.pairwiseSecret, 'utf8'))

  const pairwise = (accountId: string, client: Client): string => {
    // No name of a sector looks like an address.
    const sector = client.pias_sector ?? `https://${client.sectorIdentifier}`
    return createHmac('sha256', key).update(`${sector}\n${accountId}`).digest('base64url')
  }

  return async (ctx, accountId, client) => {
    // Most often the account was looked up for this very request; a logout in the background has no request.
    const found = lookedUpIn(ctx, accountId) ?? (await options.findKnown(accountId as AccountId).catch(asUnavailable))
    const app = appOf(client.clientId)
    const { id, subjects = {} } = found ? await knownBy(found, app, options.findKnown) : { id: accountId as AccountId }
    if (Object.hasOwn(subjects, app)) return subjects[app] as string
    return OWN_TYPES.get(client) === 'pairwise' ? pairwise(id, client) : id
  }
}

/**
 * Has the library ask {@link createSubjectIdentifier} for the subject at every client and in every place it shows or
 * compares one: ID tokens, userinfo, introspection, access and logout tokens, `id_token_hint`, a `sub` that is asked for.
 * It would only do so for clients of the type `pairwise`, so it sees that type with all; what a client is told of its
 * metadata stays what its file says.
 */
export const identifyAllSubjects = (provider: Provider): void => {
  const { prototype } = provider.Client as unknown as { prototype: { metadata(): object; subjectType: unknown } }
  Object.defineProperty(prototype, 'subjectType', {
    get: () => 'pairwise',
    set(this: object, own: unknown) {
      OWN_TYPES.set(this, own)
    },
  })
  const { metadata } = prototype
  prototype.metadata = function () {
    return { ...metadata.call(this), subject_type: OWN_TYPES.get(this) }
  }
}
