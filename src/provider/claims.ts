import type { Account as ProviderAccount } from 'oidc-provider'
import type { IdentityAddress, IdentityClaims } from '#src/kernel/identity.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { Account, AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'

/**
 * Which claims a scope brings (OIDC Core 5.4). `acr`, `amr` and `auth_time` hang on `openid`, so that every ID token
 * says how and when the person logged in.
 */
export const CLAIMS_BY_SCOPE = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'given_name', 'family_name', 'birthdate', 'gender', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  customer: ['customer_accounts'],
}

type Accounts = Pick<AccountsPort, 'find' | 'customersOf'>
type Claims = { [claim: string]: unknown }

const present = (claims: Claims): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))

const addressClaim = (address: IdentityAddress): Claims =>
  present({
    formatted: address.formatted,
    street_address: address.streetAddress,
    postal_code: address.postalCode,
    locality: address.locality,
    country: address.country,
  })

/**
 * The standard claims of a verified identity (OIDC Core 5.1). Provenance is kept: `email_verified` and
 * `phone_number_verified` say what the upstream vouched for, which for an itsme e-mail is nothing.
 */
export const standardClaims = (claims: IdentityClaims): Claims =>
  present({
    name: claims.name,
    given_name: claims.givenName,
    family_name: claims.familyName,
    birthdate: claims.birthdate,
    gender: claims.gender,
    locale: claims.locale,
    email: claims.email,
    email_verified: claims.email === undefined ? undefined : claims.emailVerified === true,
    phone_number: claims.phoneNumber?.replaceAll(' ', ''),
    phone_number_verified: claims.phoneNumber === undefined ? undefined : claims.phoneVerified === true,
    address: claims.address === undefined ? undefined : addressClaim(claims.address),
  })

const customerClaim = (links: readonly StoredCustomerLink[]): Claims[] =>
  links.map(link => present({ service_line: link.serviceLine, customer_id: link.customerId, role: link.role }))

/** The records of an account with those of the accounts that are part of it. */
const recordsOf = async (accounts: Accounts, { id, absorbed = [] }: Account): Promise<StoredCustomerLink[]> => {
  const own = accounts.customersOf(id)
  const parts = await Promise.all(absorbed.map(part => accounts.find(part.id)))
  const others = await Promise.all(parts.flatMap(part => (part === undefined ? [] : [recordsOf(accounts, part)])))
  return [...(await own), ...others.flat()]
}

/** An account as oidc-provider wants it. */
export const toProviderAccount = (account: Account, accounts: Accounts): ProviderAccount => ({
  accountId: account.id,
  known: account,
  claims: async (use, scope, requested) => {
    // A scope's claims are told at userinfo; an ID token has them only where the request names them (OIDC Core 5.4, 5.5).
    const isScopeTold = use === 'userinfo' && scope.split(' ').includes('customer')
    const isCustomerAsked = isScopeTold || 'customer_accounts' in requested
    const links = isCustomerAsked ? await recordsOf(accounts, account).catch(asUnavailable) : undefined
    return {
      sub: account.id,
      ...standardClaims(account.claims),
      updated_at: Math.floor(account.updatedAt / 1000),
      ...(links === undefined ? {} : { customer_accounts: customerClaim(links) }),
    }
  },
})
