import type { AccountClaims, AccountId, Locale } from '#src/kernel/identity.ts'
import type { ConsentDatum } from '#src/pages/view-models.ts'
import { newAccountFacts } from './routes/facts.ts'

/** A scope of an API, in words. */
export type ApiScope = {
  readonly description: Readonly<Record<Locale, string>>
  readonly consent: 'health' | 'by-client'
}

/** What an app asks a person for: `given` is what it has already. */
export type ConsentRequest = {
  readonly accountId: AccountId
  readonly scopes: readonly string[]
  readonly given: readonly string[]
  readonly thirdParty: boolean
}

const PERSONAL = ['profile', 'email', 'phone', 'address', 'customer'] as const
type Personal = (typeof PERSONAL)[number]

const FACTS: Readonly<Record<Personal, readonly string[]>> = {
  profile: ['name', 'birthdate'],
  email: ['email'],
  phone: ['phone'],
  address: ['address'],
  customer: [],
}

/**
 * What a consent page shows, in the order a person reads: what the app would be given of the person, with its values as
 * verified, then what it may do at APIs, in their words, and last whether it may do so later, too.
 */
export const createConsentData =
  (deps: {
    claimsOf: (accountId: AccountId) => Promise<AccountClaims>
    apiScope: (name: string) => ApiScope | undefined
  }) =>
  async (request: ConsentRequest, locale: Locale): Promise<ConsentDatum[]> => {
    const { scopes, given } = request
    const facts = newAccountFacts(await deps.claimsOf(request.accountId))
    const isNew = (names: readonly string[]) => given.length > 0 && names.some(name => !given.includes(name))
    const datum = (data: ConsentDatum['data'], names: readonly string[], values: readonly string[]): ConsentDatum[] =>
      names.length === 0 ? [] : [{ data, values, ...(isNew(names) ? { added: true } : {}) }]

    const ofApis = (kind: ApiScope['consent']) => {
      const named = scopes
        .map(name => ({ name, scope: deps.apiScope(name) }))
        .filter(one => one.scope?.consent === kind)
      return { names: named.map(({ name }) => name), words: named.map(({ scope }) => scope?.description[locale] ?? '') }
    }
    const health = ofApis('health')
    const others = ofApis('by-client')
    const offline = scopes.filter(scope => scope === 'offline_access')
    return [
      ...PERSONAL.filter(one => scopes.includes(one)).flatMap(one => {
        const values = facts.filter(({ label }) => FACTS[one].includes(label)).map(({ value }) => value)
        return datum(one, [one], values)
      }),
      ...datum('health', health.names, health.words),
      ...datum('api', others.names, others.words),
      ...datum('offline', offline, []),
    ]
  }
