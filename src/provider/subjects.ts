import { createHmac, createSecretKey } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { Client, Configuration } from 'oidc-provider'
import type { AccountId } from '#src/kernel/identity.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'

/** What apps knew the person of an account by before PIAS, by client id. */
export type SubjectsOf = (id: AccountId) => Promise<Readonly<Record<string, string>> | undefined>

type SubjectIdentifier = NonNullable<Configuration['pairwiseIdentifier']>

/** What a client's file says, for {@link identifyAllSubjects} makes the library see `pairwise` with all. */
const OWN_TYPES = new WeakMap<object, unknown>()

/**
 * The subject an app sees (OIDC Core 2 and 8). An app that knew the person before PIAS goes on to see what it knows. Else
 * it is the account's id, or, where the client's file asks for `pairwise`, one that differs from sector to sector (8.1),
 * fixed by the sector's name: another redirect host or client id changes nobody's subject. Keyed, so that whoever knows
 * an account id or the subject of another sector cannot compute one. A client without a named sector has the host of its
 * `sector_identifier_uri`.
 * @param options.pairwiseSecret never changes in the life of an installation
 */
export const createSubjectIdentifier = (options: {
  pairwiseSecret: string
  subjectsOf: SubjectsOf
}): SubjectIdentifier => {
  const key = createSecretKey(Buffer.from(options.pairwiseSecret, 'utf8'))

  const pairwise = (accountId: string, client: Client): string => {
    // No name of a sector looks like an address.
    const sector = client.pias_sector ?? `https://${client.sectorIdentifier}`
    return createHmac('sha256', key).update(`${sector}\n${accountId}`).digest('base64url')
  }

  return async (ctx, accountId, client) => {
    // Most often the account was looked up for this very request; a logout in the background has no request.
    const account = ctx?.oidc?.account
    const subjects =
      account?.accountId === accountId && 'subjects' in account
        ? (account.subjects as Awaited<ReturnType<SubjectsOf>>)
        : await options.subjectsOf(accountId as AccountId).catch(asUnavailable)
    if (subjects !== undefined && Object.hasOwn(subjects, client.clientId)) return subjects[client.clientId] as string
    return OWN_TYPES.get(client) === 'pairwise' ? pairwise(accountId, client) : accountId
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
