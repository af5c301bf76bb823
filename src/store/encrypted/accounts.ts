import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import { type CustomerKey, compareCustomerKeys, customerKeyOf } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountClaims, AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type {
  Account,
  AccountsPort,
  ClaimsChange,
  CustomerLink,
  StoredAccount,
  StoredCustomerLink,
} from '#src/store/ports/accounts.ts'
import { createSealEvents } from './audit.ts'
import { openSubjects } from './subjects.ts'

type Version = Pick<Account, 'id' | 'updatedAt'>

/** What is sealed of a link; the customer id is a token outside. */
type SealedLink = { readonly customerId: string; readonly evidence: Json }

/** The time of the change is their version: older claims do not open as newer ones. */
const claimsContext = ({ id, updatedAt }: Version) => ['accounts', 'claims', id, updatedAt]
/** What stays plain of a link is bound to it: a role or method that was changed is found out. */
const linkContext = (id: string, { serviceLine, customerId, role, method, ruleVersion }: CustomerLink) => [
  'customer_links',
  'evidence',
  id,
  serviceLine,
  customerId,
  role ?? '',
  method,
  ruleVersion,
]

/** Seals the claims of a version of an account. */
export const sealClaims = (sealer: Sealer, version: Version, claims: AccountClaims): AccountClaims => {
  const sealed = sealer.seal(claimsContext(version), JSON.stringify(claims))
  // A store keeps claims as JSON and never looks into them.
  return sealed as unknown as AccountClaims
}

/** Seals what the claims of an account become. */
export const sealClaimsChange = (sealer: Sealer, id: AccountId, change: ClaimsChange): ClaimsChange => ({
  ...change,
  claims: sealClaims(sealer, { id, updatedAt: change.updatedAt }, change.claims),
})

const openClaims = (sealer: Sealer, { claims, ...version }: Account): AccountClaims =>
  JSON.parse(sealer.open(claimsContext(version), claims as unknown as string)) as AccountClaims

/** Opens a link that `createSealLink` sealed for this account. */
export const openLink = (sealer: Sealer, id: string, link: StoredCustomerLink): StoredCustomerLink => {
  const opened = JSON.parse(sealer.open(linkContext(id, link), link.evidence as string)) as SealedLink
  return { ...link, ...opened }
}

/** What is looked up of identities and links, as tokens. */
export const createTokens = (index: Keyring['index']) => ({
  identity: ({ issuer, clientId, subject }: IdentityKey): IdentityKey => ({
    issuer,
    clientId,
    subject: index.identity(JSON.stringify([issuer, clientId, subject])),
  }),
  customer: ({ serviceLine, customerId }: CustomerKey): CustomerKey => ({
    serviceLine,
    customerId: index['link.customer'](`${serviceLine}:${customerId}`),
  }),
})

/** Seals what a link tells, for the account that has it. */
export const createSealLink = (index: Keyring['index']) => {
  const tokens = createTokens(index)
  return <Link extends CustomerLink>(sealer: Sealer, id: string, link: Link): Link => {
    const sealed: SealedLink = { customerId: link.customerId, evidence: link.evidence }
    const outside = { ...link, ...tokens.customer(link) }
    return { ...outside, evidence: sealer.seal(linkContext(id, outside), JSON.stringify(sealed)) }
  }
}

/**
 * Accounts whose claims and evidence are sealed with the account's own key. Subjects and customer ids, by which accounts
 * and owners are found, are tokens.
 */
export const encryptAccounts = (accounts: AccountsPort, keyring: Keyring): AccountsPort => {
  const { accounts: accountKeys, index } = keyring
  const sealEvents = createSealEvents(keyring)

  const { identity: identityToken, customer: customerToken } = createTokens(index)
  const sealLink = createSealLink(index)

  /** The key of an account that was found a moment ago; undefined if it was erased since. */
  const keyOf = async (id: AccountId): Promise<Sealer | undefined> => {
    const sealer = await accountKeys.of(id)
    if (sealer !== undefined || (await accounts.find(id)) === undefined) return sealer
    throw new PiasError('server.failed', 'an account has no data key')
  }

  /** @param sealer undefined where another look-up of the key began before there was an account */
  const open = async ({ dataKey: _key, ...account }: StoredAccount, sealer: Sealer | undefined) => {
    const known = sealer ?? (await keyOf(account.id))
    return known && { ...account, claims: openClaims(known, account), ...openSubjects(known, account) }
  }

  return {
    find: async id => {
      let reading: Promise<StoredAccount | undefined> | undefined
      const read = () => {
        reading ??= accounts.find(id)
        return reading
      }
      // The key is known from before, or comes with the account.
      const [sealer, account] = await Promise.all([accountKeys.of(id, async () => (await read())?.dataKey), read()])
      return account && open(account, sealer)
    },

    findByIdentity: key => accounts.findByIdentity(identityToken(key)),

    findWithIdentity: async key => {
      const account = await accounts.findWithIdentity(identityToken(key))
      return account && open(account, await accountKeys.of(account.id, async () => account.dataKey))
    },

    open: async ({ account, identity, customers, events }) => {
      const { sealer, wrapped } = accountKeys.make(account.id)
      const tokens = new Map(customers.map(customer => [customerKeyOf(customerToken(customer)), customer]))
      const result = await accounts.open({
        account: { ...account, claims: sealClaims(sealer, account, account.claims) },
        identity: identityToken(identity),
        customers: customers.map(customer => sealLink(sealer, account.id, customer)),
        events: await sealEvents(events, { [account.id]: sealer }),
        dataKey: wrapped,
      })
      if (result.kind === 'bound') accountKeys.keep(account.id, sealer)
      if (result.kind !== 'owned-elsewhere') return result
      const owned = result.customers.map(token => tokens.get(customerKeyOf(token)) as CustomerLink)
      return { ...result, customers: owned.map(({ serviceLine, customerId }) => ({ serviceLine, customerId })) }
    },

    updateClaims: async (id, change) => {
      const sealer = await accountKeys.of(id)
      // No key, no account.
      return sealer !== undefined && accounts.updateClaims(id, sealClaimsChange(sealer, id, change))
    },

    customersOf: async id => {
      const links = await accounts.customersOf(id)
      if (links.length === 0) return []
      const sealer = await keyOf(id)
      return sealer === undefined ? [] : links.map(link => openLink(sealer, id, link)).sort(compareCustomerKeys)
    },

    ownersOf: async keys => {
      const tokens = keys.map(customerToken)
      const owners = await accounts.ownersOf(tokens)
      const owned = keys.flatMap((key, at) => {
        const owner = owners.get(customerKeyOf(tokens[at] as CustomerKey))
        return owner === undefined ? [] : [[customerKeyOf(key), owner] as const]
      })
      return new Map(owned)
    },

    contestedAmong: async keys => {
      const contested = await accounts.contestedAmong(keys.map(customerToken))
      return new Set(keys.filter(key => contested.has(customerKeyOf(customerToken(key)))).map(customerKeyOf))
    },

    changeAccess: async input => accounts.changeAccess({ ...input, events: await sealEvents(input.events) }),

    erase: async ({ id, erasedAt, events }) => {
      accountKeys.forget(id)
      // What is said of an erasure must outlive the account's key.
      const sealed = await sealEvents(events, { [id]: undefined })
      const existed = await accounts.erase({ id, erasedAt, events: sealed })
      accountKeys.forget(id)
      return existed
    },

    survey: accounts.survey,
    totals: accounts.totals,
  }
}
